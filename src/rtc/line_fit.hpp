// The slope of the line that fits the last points best (least squares), from sums that each new point changes, so that
// a point costs the same whatever their number. Pure, owned by a DelayDetector.
#pragma once
#include <cstddef>

#include "base/ring.hpp"

namespace greenroom::rtc {

class LineFit {
 public:
  static constexpr std::size_t window = 20;  // points
  struct Point {
    double x = 0, y = 0;
  };

  void add(const Point& point);
  double slope() const;  // 0 until the window is full, and where all lie at one x

 private:
  // Of the points as seen from the oldest: so the squares stay small however far from 0 they are.
  struct Sums {
    double x = 0, y = 0, xx = 0, xy = 0;
    void add(const Point& p) { x += p.x, y += p.y, xx += p.x * p.x, xy += p.x * p.y; }
  };
  void drop_oldest();
  Sums afresh() const;

  base::InlineRing<Point, window> points_;
  Sums sums_;
  std::size_t changes_ = 0;  // since the sums were made afresh: each rounds a little
};

}  // namespace greenroom::rtc
