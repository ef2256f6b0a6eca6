#include "media/spans.hpp"

#include <algorithm>

namespace greenroom::media {

SampleSpans joined(SampleSpans spans) {
  std::sort(spans.begin(), spans.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  SampleSpans out;
  for (const auto& span : spans) {
    if (span.end <= span.first) continue;
    if (!out.empty() && span.first <= out.back().end)
      out.back().end = std::max(out.back().end, span.end);
    else
      out.push_back(span);
  }
  return out;
}

SampleSpans holes(const SampleSpans& spans, std::int64_t total, std::int64_t shortest) {
  SampleSpans out;
  std::int64_t at = 0;
  const auto add = [&](std::int64_t end) {
    if (end - at >= shortest && end > at) out.push_back({at, end});
  };
  for (const auto& span : joined(spans)) {
    add(std::min(span.first, total));
    at = std::max(at, span.end);
  }
  add(total);
  return out;
}

SampleSpans intersection(const SampleSpans& a, const SampleSpans& b) {
  SampleSpans out;
  for (auto x = a.begin(), y = b.begin(); x != a.end() && y != b.end(); ++(x->end < y->end ? x : y))
    if (const SampleSpan both{std::max(x->first, y->first), std::min(x->end, y->end)}; both.end > both.first)
      out.push_back(both);
  return joined(std::move(out));
}

}  // namespace greenroom::media
