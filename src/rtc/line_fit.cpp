#include "rtc/line_fit.hpp"

namespace greenroom::rtc {
namespace {
LineFit::Point from(const LineFit::Point& origin, const LineFit::Point& p) { return {p.x - origin.x, p.y - origin.y}; }
}  // namespace

void LineFit::add(const Point& point) {
  if (points_.size() == window) drop_oldest();
  points_.push_back(point);
  if (++changes_ == window) {
    sums_ = afresh();
    changes_ = 0;
  } else {
    sums_.add(from(points_.front(), point));
  }
}

// The oldest adds nothing to the sums. The others are seen from the next one now.
void LineFit::drop_oldest() {
  const auto step = from(points_[0], points_[1]);
  points_.pop_front();
  const auto n = double(points_.size());
  sums_.xx += step.x * (n * step.x - 2 * sums_.x);
  sums_.xy += n * step.x * step.y - step.x * sums_.y - step.y * sums_.x;
  sums_.x -= n * step.x;
  sums_.y -= n * step.y;
}

LineFit::Sums LineFit::afresh() const {
  Sums sums;
  for (std::size_t i = 1; i < points_.size(); ++i) sums.add(from(points_[0], points_[i]));
  return sums;
}

double LineFit::slope() const {
  if (points_.size() < window) return 0;
  const double numerator = sums_.xy - sums_.x * sums_.y / window, denominator = sums_.xx - sums_.x * sums_.x / window;
  return denominator > 0 ? numerator / denominator : 0;
}

}  // namespace greenroom::rtc
