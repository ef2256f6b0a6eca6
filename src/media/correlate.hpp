// How much later one recording of a voice is than another of the same voice, window by window: normalised
// cross-correlation after whitening by pre-emphasis, to a fraction of a sample. Silence, or two sounds with nothing in
// common, give no answer rather than a wrong one. Pure.
#pragma once
#include <optional>
#include <span>
#include <vector>

namespace greenroom::media {

inline constexpr double correlation_trusted = 0.5;

struct Lag {
  double at_s = 0;      // the window's middle
  double lag_ms = 0;    // positive: `other` is later than `reference`
  double strength = 0;  // 0..1
};

struct LagOptions {
  int sample_rate = 16'000;
  double max_lag_s = 0.4;
};

// Both windows begin at the same instant; `other` may have the same length.
std::optional<Lag> find_lag(std::span<const float> reference, std::span<const float> other, const LagOptions& options);

// A robust line through the lags: what remains around it is the alignment's residual.
struct LagFit {
  double lag_ms = 0;  // in the middle
  double slope_ppm = 0;
  double residual_ms = 0;  // the worst
  int windows = 0;
};
std::optional<LagFit> fit_lags(std::span<const Lag> lags);

}  // namespace greenroom::media
