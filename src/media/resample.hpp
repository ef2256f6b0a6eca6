// Band-limited interpolation at any position: what a sound was between its samples. Because the position is a real
// number per output sample, a drifting clock, an odd rate and a fractional start offset are all one multiplication.
// Windowed sinc (Kaiser), 64 taps, 512 phases interpolated linearly: aliases and images below -90 dB. Pure.
#pragma once
#include <span>
#include <vector>

namespace greenroom::media {

class Interpolator {
 public:
  // source frames per output frame; above 1 the filter narrows so that nothing folds back.
  explicit Interpolator(double step);
  // Frames needed on either side of a position.
  int reach() const { return reach_; }
  // The value at `position` frames into `samples` (one channel); outside is silence.
  float at(std::span<const float> samples, double position) const;

 private:
  float tapped(const float* first, const float* row, double fraction) const;
  int reach_ = 0;
  int taps_ = 0;
  std::vector<float> table_;  // (phases + 1) rows of taps_
};

}  // namespace greenroom::media
