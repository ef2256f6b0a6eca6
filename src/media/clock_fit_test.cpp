#include "media/clock_fit.hpp"

#include <cmath>

#include "base/rng.hpp"

namespace greenroom::media {
namespace {

struct Device {
  double start_ms = 1.7e12;
  double ppm = 0;
  double jitter_ms = 0;
  double late_share = 0;  // of anchors that are 5..80 ms late
  double rate = 48'000;
};

double truth(const Device& d, double frame) { return d.start_ms + frame * 1000 / (d.rate * (1 - d.ppm * 1e-6)); }

std::vector<ClockAnchor> anchors_of(const Device& d, int seconds, std::uint64_t seed = 1) {
  base::SeededRng rng(seed);
  std::vector<ClockAnchor> anchors;
  for (int s = 0; s < seconds; ++s) {
    const auto frame = std::int64_t(s) * std::int64_t(d.rate);
    double wall = truth(d, double(frame)) + (rng.unit() - 0.5) * 2 * d.jitter_ms;
    if (rng.unit() < d.late_share) wall += 5 + 75 * rng.unit();
    anchors.push_back({frame, wall});
  }
  return anchors;
}

double worst_error(const ClockFit& fit, const Device& d, int seconds) {
  double worst = 0;
  for (int s = 0; s < seconds; ++s) {
    const double frame = s * d.rate;
    worst = std::max(worst, std::abs(fit.at(frame) - truth(d, frame)));
  }
  return worst;
}

TEST(ClockFit, ExactAnchorsGiveTheExactLine) {
  for (double ppm : {-200.0, 0.0, 200.0}) {
    const Device d{.ppm = ppm};
    const auto fit = fit_clock(anchors_of(d, 30), 48'000, 0);
    ASSERT_EQ(fit.segments.size(), 1u);
    EXPECT_LT(worst_error(fit, d, 30), 1e-3);
    EXPECT_NEAR(fit.drift_ppm, ppm, 0.1);
  }
}

TEST(ClockFit, TwoHoursOfJitterAndLateAnchorsStayUnderAMillisecond) {
  const Device d{.ppm = 200, .jitter_ms = 4, .late_share = 0.1};
  const auto fit = fit_clock(anchors_of(d, 7200), 48'000, 0);
  EXPECT_EQ(fit.segments.size(), 1u);
  EXPECT_LT(worst_error(fit, d, 7200), 0.5);
}

TEST(ClockFit, ThirtySecondsWithJitterStayUnderAMillisecond) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Device d{.ppm = -150, .jitter_ms = 1.5, .late_share = 0.1};
    EXPECT_LT(worst_error(fit_clock(anchors_of(d, 30, seed), 48'000, 0), d, 30), 1.2) << seed;
  }
}

TEST(ClockFit, AJumpStartsASegment) {
  const Device d{.ppm = 100, .jitter_ms = 2};
  auto anchors = anchors_of(d, 120);
  for (std::size_t i = 60; i < anchors.size(); ++i) anchors[i].wall_ms += 350;
  const auto fit = fit_clock(anchors, 48'000, 0);
  ASSERT_EQ(fit.segments.size(), 2u);
  EXPECT_EQ(fit.segments[1].first_frame, 60 * 48'000);
  EXPECT_NEAR(fit.at(30 * 48'000.0), truth(d, 30 * 48'000.0), 0.7);
  EXPECT_NEAR(fit.at(90 * 48'000.0), truth(d, 90 * 48'000.0) + 350, 0.7);
}

TEST(ClockFit, ADeviceThatLiesAboutItsRateIsMeasured) {
  const Device d{.rate = 44'100};  // the file says 48000
  const auto fit = fit_clock(anchors_of(d, 30), 48'000, 0);
  EXPECT_NEAR(fit.segments[0].ms_per_frame, 1000.0 / 44'100, 1e-6);
}

TEST(ClockFit, FewAnchorsKeepTheNominalRate) {
  const Device d{.jitter_ms = 5};
  const auto fit = fit_clock(anchors_of(d, 4), 48'000, 0);
  EXPECT_DOUBLE_EQ(fit.segments[0].ms_per_frame, 1000.0 / 48'000);
  EXPECT_LT(worst_error(fit, d, 4), 5);
}

TEST(ClockFit, NoAnchorsFallBackToTheStart) {
  const auto fit = fit_clock({}, 48'000, 1234);
  EXPECT_DOUBLE_EQ(fit.at(48'000), 2234);
}

}  // namespace
}  // namespace greenroom::media
