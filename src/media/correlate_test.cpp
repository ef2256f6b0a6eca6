#include "media/correlate.hpp"

#include <cmath>
#include <numbers>

#include "base/rng.hpp"
#include "media/synthetic.hpp"

namespace greenroom::media {
namespace {

constexpr int rate = 16'000;

std::vector<float> sampled(const synthetic::Sound& sound, double from_s, double seconds = 2) {
  std::vector<float> out;
  for (int i = 0; i < int(seconds * rate); ++i) out.push_back(float(sound(from_s + double(i) / rate)));
  return out;
}

TEST(FindLag, FindsLagsToAFractionOfASample) {
  const auto voice = synthetic::voice(1);
  for (double lag_ms : {-150.0, -3.0, 0.0, 0.021, 83.33, 390.0}) {
    const auto lag = find_lag(sampled(voice, 1), sampled(voice, 1 - lag_ms / 1000), {});
    ASSERT_TRUE(lag) << lag_ms;
    EXPECT_NEAR(lag->lag_ms, lag_ms, 0.02);
    EXPECT_GT(lag->strength, 0.9);
  }
}

TEST(FindLag, ALoudToneDoesNotHideTheVoice) {
  const auto voice = synthetic::voice(2), tone = synthetic::tone(997, 0.5);
  base::SeededRng rng(1);
  const auto both = [&](double t) { return 0.3 * voice(t) + tone(t); };
  const auto noisy = [&](double t) { return both(t) + 0.02 * (rng.unit() - 0.5); };
  const auto lag = find_lag(sampled(both, 1), sampled(noisy, 0.95), {});
  ASSERT_TRUE(lag);
  EXPECT_NEAR(lag->lag_ms, 50, 0.1);
}

TEST(FindLag, SilenceHasNoAnswerAndStrangersAreNotTrusted) {
  EXPECT_FALSE(find_lag(std::vector<float>(rate), sampled(synthetic::voice(1), 0, 1), {}));
  const auto lag = find_lag(sampled(synthetic::voice(1), 0), sampled(synthetic::voice(2), 0), {});
  EXPECT_TRUE(!lag || lag->strength < correlation_trusted);
}

TEST(FitLags, TellsOffsetSlopeAndResidual) {
  std::vector<Lag> lags;
  for (int i = 0; i < 30; ++i) lags.push_back({i * 4.0, 80 + i * 4.0 * 0.05 + (i % 2 ? 0.2 : -0.2), 0.9});
  lags.push_back({60, 300, 0.2});  // not trusted
  const auto fit = fit_lags(lags);
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->slope_ppm, 50, 5);
  EXPECT_NEAR(fit->lag_ms, 82.9, 0.3);
  EXPECT_LT(fit->residual_ms, 0.6);
  EXPECT_FALSE(fit_lags({}));
}

}  // namespace
}  // namespace greenroom::media
