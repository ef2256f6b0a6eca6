// The power of one frequency over time (Goertzel), in windows. Pure.
#pragma once
#include <vector>

namespace greenroom::media {

class ToneMeter {
 public:
  ToneMeter(double hz, int sample_rate, double window_s);
  void add(float sample);
  // dBFS of a sine of that amplitude, one value a whole window; never below -120.
  const std::vector<double>& windows() const { return windows_; }

 private:
  void close();
  double coefficient_;
  int length_;
  int count_ = 0;
  double s1_ = 0, s2_ = 0;
  std::vector<double> windows_;
};

}  // namespace greenroom::media
