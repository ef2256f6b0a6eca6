#include "media/loudness.hpp"

#include <cmath>
#include <numbers>

#include "media/limiter.hpp"

namespace greenroom::media {
namespace {

std::vector<float> stereo_sine(double hz, double amplitude, double seconds) {
  std::vector<float> out;
  for (int i = 0; i < int(seconds * 48'000); ++i) {
    const auto value = float(amplitude * std::sin(2 * std::numbers::pi * hz * i / 48'000));
    out.insert(out.end(), {value, value});
  }
  return out;
}

// EBU Tech 3341, case 1: a stereo sine of 1 kHz at -23 dBFS is -23 LUFS.
TEST(Loudness, TheReferenceToneMeasuresAsItShould) {
  LoudnessMeter meter;
  meter.add(stereo_sine(1'000, std::pow(10, -23.0 / 20), 20));
  EXPECT_NEAR(meter.result().lufs, -23, 0.1);
  EXPECT_NEAR(meter.result().true_peak_db, -23, 0.2);
}

TEST(Loudness, SilenceIsTheFloor) {
  LoudnessMeter meter;
  meter.add(std::vector<float>(96'000));
  EXPECT_EQ(meter.result().lufs, silence_lufs);
}

TEST(Limiter, NothingPassesTheCeilingAndNothingIsLost) {
  Limiter limiter(0.5f);
  auto in = stereo_sine(440, 0.3, 1);
  for (std::size_t i = 40'000; i < 48'000; ++i) in[i] *= 3;
  std::vector<float> out;
  limiter.process(in, out);
  limiter.flush(out);
  ASSERT_EQ(out.size(), in.size());
  for (float value : out) EXPECT_LE(std::abs(value), 0.5f);
  for (std::size_t i = 0; i < 38'000; ++i) EXPECT_FLOAT_EQ(out[i], in[i]);
}

}  // namespace
}  // namespace greenroom::media
