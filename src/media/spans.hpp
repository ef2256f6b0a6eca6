// Stretches of a timeline in samples: sorted, apart, half-open. Pure.
#pragma once
#include <cstdint>
#include <vector>

namespace greenroom::media {

struct SampleSpan {
  std::int64_t first = 0;
  std::int64_t end = 0;
  std::int64_t length() const { return end - first; }
  friend bool operator==(const SampleSpan&, const SampleSpan&) = default;
};
using SampleSpans = std::vector<SampleSpan>;

// Joins what touches or overlaps.
SampleSpans joined(SampleSpans spans);
// What is in [0, total) and in none of the spans, if at least `shortest` long.
SampleSpans holes(const SampleSpans& spans, std::int64_t total, std::int64_t shortest);
SampleSpans intersection(const SampleSpans& a, const SampleSpans& b);

}  // namespace greenroom::media
