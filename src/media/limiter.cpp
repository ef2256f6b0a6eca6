#include "media/limiter.hpp"

#include <algorithm>
#include <cmath>

namespace greenroom::media {
namespace {
constexpr float release_per_frame = 1.0f / (0.15f * 48'000);  // 150 ms time constant
}

// Minimum over the look-ahead, then a moving average of the same length: where the peak leaves the delay line the
// average has fully reached the gain that it needs.
float Limiter::smoothed(float wanted) {
  while (!minimum_.empty() && minimum_.back().gain >= wanted) minimum_.pop_back();
  minimum_.push_back({frame_, wanted});
  if (minimum_.front().frame + look_ahead < frame_) minimum_.pop_front();
  const float lowest = minimum_.front().gain;
  held_ = lowest < held_ ? lowest : held_ + (lowest - held_) * release_per_frame;
  window_.push_back(held_);
  window_sum_ += double(held_);
  if (window_.size() > look_ahead) {
    window_sum_ -= double(window_.front());
    window_.pop_front();
  }
  return float(window_sum_ / double(window_.size()));
}

void Limiter::push(float left, float right, std::vector<float>& out) {
  const float peak = std::max(std::abs(left), std::abs(right));
  const float gain = smoothed(peak > ceiling_ ? ceiling_ / peak : 1.0f);
  ++frame_;
  delay_.emplace_back(left, right);
  if (delay_.size() <= look_ahead) return;
  const auto [l, r] = delay_.front();
  delay_.pop_front();
  out.push_back(std::clamp(l * gain, -ceiling_, ceiling_));
  out.push_back(std::clamp(r * gain, -ceiling_, ceiling_));
}

void Limiter::process(std::span<const float> stereo, std::vector<float>& out) {
  for (std::size_t i = 0; i + 1 < stereo.size(); i += 2) push(stereo[i], stereo[i + 1], out);
}

void Limiter::flush(std::vector<float>& out) {
  for (std::size_t i = 0; i < look_ahead; ++i) push(0, 0, out);
}

}  // namespace greenroom::media
