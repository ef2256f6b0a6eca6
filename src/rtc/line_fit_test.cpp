#include "rtc/line_fit.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <deque>

#include "base/rng.hpp"

namespace greenroom::rtc {
namespace {

// By the textbook: about the means.
double slope_of(const std::deque<LineFit::Point>& points) {
  double x = 0, y = 0, xy = 0, xx = 0;
  for (const auto& p : points) x += p.x / double(points.size()), y += p.y / double(points.size());
  for (const auto& p : points) xy += (p.x - x) * (p.y - y), xx += (p.x - x) * (p.x - x);
  return xy / xx;
}

TEST(LineFit, KnowsNothingBeforeItsWindowIsFull) {
  LineFit fit;
  for (std::size_t i = 1; i < LineFit::window; ++i) {
    fit.add({double(i), double(i)});
    EXPECT_EQ(fit.slope(), 0);
  }
  fit.add({double(LineFit::window), double(LineFit::window)});
  EXPECT_NEAR(fit.slope(), 1, 1e-12);
}

TEST(LineFit, OfPointsAtOnePlaceThereIsNoSlope) {
  LineFit fit;
  for (std::size_t i = 0; i < 3 * LineFit::window; ++i) fit.add({1000, double(i)});
  EXPECT_EQ(fit.slope(), 0);
}

// Hours of groups of packets, with pauses of an hour, after which the sums hold large numbers for a while.
TEST(LineFit, IsTheTextbooksForeverAndAfterPauses) {
  base::SeededRng rng(51);
  LineFit fit;
  std::deque<LineFit::Point> last;
  LineFit::Point at{3.6e6, 40};
  for (int i = 0; i < 200'000; ++i) {
    at.x += i % 5000 == 4999 ? 3.6e6 : double(rng.below(60'000)) / 1000;
    at.y += double(rng.below(4001)) / 1000 - 2;
    fit.add(at);
    last.push_back(at);
    if (last.size() > LineFit::window) last.pop_front();
    if (last.size() < LineFit::window) continue;
    const auto right = slope_of(last);
    ASSERT_NEAR(fit.slope(), right, 1e-6 + 1e-6 * std::abs(right)) << "point " << i;
  }
}

}  // namespace
}  // namespace greenroom::rtc
