// A look-ahead peak limiter for interleaved stereo: no sample passes the ceiling, and the gain moves smoothly (down
// over the look-ahead, up over the release). Output comes look_ahead frames late; flush() gives the rest. Pure.
#pragma once
#include <cstddef>
#include <deque>
#include <span>
#include <vector>

namespace greenroom::media {

class Limiter {
 public:
  static constexpr std::size_t look_ahead = 240;  // 5 ms at 48 kHz
  explicit Limiter(float ceiling) : ceiling_(ceiling) {}
  // Appends what is ready to out.
  void process(std::span<const float> stereo, std::vector<float>& out);
  void flush(std::vector<float>& out);

 private:
  struct Wanted {
    std::size_t frame;
    float gain;
  };
  void push(float left, float right, std::vector<float>& out);
  float smoothed(float wanted);
  float ceiling_;
  std::deque<Wanted> minimum_;  // ascending gains of the last look_ahead frames: the first is their minimum
  std::deque<float> window_;    // held minima that the moving average runs over
  double window_sum_ = 0;
  float held_ = 1;  // with release
  std::deque<std::pair<float, float>> delay_;
  std::size_t frame_ = 0;
};

}  // namespace greenroom::media
