#include "media/chapters.hpp"

#include <algorithm>

#include "media/plan.hpp"

namespace greenroom::media {
namespace {

constexpr double chapter_s_min = 0.04;  // players pass over what is shorter than a picture

}  // namespace

std::vector<Chapter> chapters_of(const TakeInput& take) {
  auto markers = take.markers;
  std::stable_sort(markers.begin(), markers.end(), [](const auto& a, const auto& b) { return a.at_ms < b.at_ms; });
  const double length_s = (take.stopped_at_ms - take.started_at_ms) / 1000;
  std::vector<Chapter> chapters;
  for (const auto& marker : markers) {
    const double at = std::clamp((marker.at_ms - take.started_at_ms) / 1000, 0.0, std::max(length_s, 0.0));
    auto title = marker.label.empty() ? fmt::format("Marker {}", chapters.size() + 1) : marker.label;
    chapters.push_back({at, at, std::move(title)});
  }
  return chapters;
}

std::vector<Chapter> tiled(std::vector<Chapter> chapters, double duration_s) {
  std::vector<Chapter> out;
  for (auto& chapter : chapters) {
    const double start = std::clamp(chapter.start_s, 0.0, std::max(duration_s - chapter_s_min, 0.0));
    if (out.empty() && start >= chapter_s_min) out.push_back({0, 0, "Start"});
    if (!out.empty() && start - out.back().start_s < chapter_s_min)
      out.back().title += " / " + chapter.title;
    else
      out.push_back({out.empty() ? 0 : start, 0, std::move(chapter.title)});
  }
  for (std::size_t i = 0; i < out.size(); ++i) out[i].end_s = i + 1 < out.size() ? out[i + 1].start_s : duration_s;
  return out;
}

}  // namespace greenroom::media
