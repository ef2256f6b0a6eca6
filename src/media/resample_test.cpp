#include "media/resample.hpp"

#include <cmath>
#include <numbers>

namespace greenroom::media {
namespace {

std::vector<float> sine(double hz, double rate, std::size_t frames) {
  std::vector<float> out(frames);
  for (std::size_t i = 0; i < frames; ++i) out[i] = float(std::sin(2 * std::numbers::pi * hz * double(i) / rate));
  return out;
}

double worst_error(double hz, double source_rate, double step) {
  const auto source = sine(hz, source_rate, 8'000);
  const Interpolator interpolator(step);
  double worst = 0;
  for (double position = 500.3; position < 7'000; position += step) {
    const double want = std::sin(2 * std::numbers::pi * hz * position / source_rate);
    worst = std::max(worst, std::abs(interpolator.at(source, position) - want));
  }
  return worst;
}

TEST(Interpolator, FollowsTonesBetweenTheSamples) {
  EXPECT_LT(worst_error(1'000, 48'000, 1.0002), 1e-4);
  EXPECT_LT(worst_error(15'000, 48'000, 0.9998), 1e-3);
  EXPECT_LT(worst_error(1'000, 44'100, 44'100.0 / 48'000), 1e-4);
  EXPECT_LT(worst_error(3'000, 16'000, 16'000.0 / 48'000), 1e-4);
}

TEST(Interpolator, AConstantStaysItself) {
  const std::vector<float> ones(1'000, 1.0f);
  EXPECT_NEAR(Interpolator(1.37).at(ones, 500.77), 1.0f, 1e-5);
}

TEST(Interpolator, WhatCannotBeRepresentedIsRemovedNotFolded) {
  const auto source = sine(30'000, 96'000, 8'000);  // above 24 kHz
  const Interpolator interpolator(2.0);
  for (double position = 1'000; position < 7'000; position += 2)
    EXPECT_LT(std::abs(interpolator.at(source, position)), 1e-3);
}

TEST(Interpolator, OutsideIsSilence) {
  const std::vector<float> ones(100, 1.0f);
  EXPECT_EQ(Interpolator(1).at(ones, -100), 0.0f);
  EXPECT_EQ(Interpolator(1).at(ones, 300), 0.0f);
}

}  // namespace
}  // namespace greenroom::media
