#include "media/tone.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace greenroom::media {

ToneMeter::ToneMeter(double hz, int sample_rate, double window_s)
    : coefficient_(2 * std::cos(2 * std::numbers::pi * hz / sample_rate)),
      length_(std::max(1, int(window_s * sample_rate))) {}

void ToneMeter::add(float sample) {
  s2_ = std::exchange(s1_, double(sample) + coefficient_ * s1_ - s2_);
  if (++count_ == length_) close();
}

void ToneMeter::close() {
  const double power = s1_ * s1_ + s2_ * s2_ - coefficient_ * s1_ * s2_;
  const double amplitude = 2 * std::sqrt(std::max(power, 0.0)) / length_;
  windows_.push_back(std::max(-120.0, 20 * std::log10(std::max(amplitude, 1e-9))));
  s1_ = s2_ = 0;
  count_ = 0;
}

}  // namespace greenroom::media
