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

TEST(ClockFit, AShortTakeInWhichTheDeviceStoodStillIsRightOnBothSides) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    for (const double stood_ms : {30.0, 110.0}) {
      constexpr int half_seconds = 24, stood_at = 15;
      const Device d{.ppm = 40};
      base::SeededRng rng(seed);
      std::vector<ClockAnchor> anchors;
      for (int i = 0; i < half_seconds; ++i) {
        const auto frame = std::int64_t(i) * 24'000;
        const double late = i % 7 == 3 ? 60 * rng.unit() : 0.5 * rng.unit();
        anchors.push_back({frame, truth(d, double(frame)) + late + (i < stood_at ? 0 : stood_ms)});
      }
      const auto fit = fit_clock(anchors, 48'000, 0);
      ASSERT_EQ(fit.segments.size(), 2u) << stood_ms << " ms, seed " << seed;
      EXPECT_EQ(fit.segments[1].first_frame, stood_at * 24'000) << stood_ms << " ms, seed " << seed;
      for (int i = 0; i < half_seconds; ++i) {
        const double frame = i * 24'000.0, stood = i < stood_at ? 0 : stood_ms;
        EXPECT_NEAR(fit.at(frame), truth(d, frame) + stood, 2) << i << " of seed " << seed;
      }
    }
}

TEST(ClockFit, BridgedTheLineHasNoJumpAndIsRightAwayFromIt) {
  const Device d{.ppm = 60};
  for (const double jump_ms : {40.0, -40.0, 140.0}) {
    auto anchors = anchors_of(d, 120);
    for (std::size_t i = 60; i < anchors.size(); ++i) anchors[i].wall_ms += jump_ms;
    const auto torn = fit_clock(anchors, 48'000, 0);
    ASSERT_EQ(torn.segments.size(), 2u);
    const auto fit = bridged(torn, 120 * 48'000);
    ASSERT_EQ(fit.segments.size(), 3u);
    for (std::size_t i = 1; i < 3; ++i) {
      const double border = double(fit.segments[i].first_frame);
      EXPECT_NEAR(fit.segments[i - 1].at(border), fit.segments[i].at(border), 1e-3);
    }
    EXPECT_NEAR(fit.segments[1].ms_per_frame * 48, 1 + (jump_ms > 0 ? 1 : -1) * bridged_slope, 2e-4);
    for (const int s : {0, 30, 44, 76, 100}) {
      EXPECT_NEAR(fit.at(s * 48'000.0), torn.at(s * 48'000.0), 1e-3) << s;
    }
    EXPECT_NEAR(fit.at(60 * 48'000.0), torn.at(60 * 48'000.0) - jump_ms / 2, 0.1);
  }
}

TEST(ClockFit, LargeJumpsAreNotBridgedNorThoseThatLeaveNoTime) {
  const double ms = 1000.0 / 48'000;
  ClockFit torn;
  torn.segments = {{0, 0, ms}, {480'000, 10'400, ms}};
  EXPECT_EQ(bridged(torn, 960'000).segments.size(), 2u);
  torn.segments = {{0, 0, ms}, {480'000, 10'100, ms}};
  EXPECT_EQ(bridged(torn, 960'000).segments.size(), 3u);
  EXPECT_EQ(bridged(torn, 500'000).segments.size(), 2u);
}

TEST(ClockFit, JumpsCloseToOneAnotherAreBridgedOnTheirOwnSides) {
  ClockFit torn;
  const double ms = 1000.0 / 48'000;
  torn.segments = {{0, 0, ms}, {48'000, 1'040, ms}, {96'000, 2'080, ms}};
  const auto fit = bridged(torn, 144'000);
  ASSERT_EQ(fit.segments.size(), 5u);
  for (std::size_t i = 1; i < fit.segments.size(); ++i) {
    const auto& [before, after] = std::tie(fit.segments[i - 1], fit.segments[i]);
    EXPECT_GE(after.first_frame, before.first_frame);
    EXPECT_NEAR(before.at(double(after.first_frame)), after.start_ms, 1e-6);
  }
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
