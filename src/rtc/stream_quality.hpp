// How well a stream gets through, 0..10 as mediasoup scores it: 10 when everything arrives, less the more is lost, and
// a little less when much had to be repaired. From totals that are looked at once a second; the last eight looks count,
// the newest most. Pure, one per encoding of a producer and per consumer.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace greenroom::rtc {

class StreamQuality {
 public:
  struct Totals {
    std::uint64_t expected = 0;
    std::uint64_t lost = 0;      // on the way, whether repaired or not
    std::uint64_t repaired = 0;  // of these
  };
  // False: nothing was expected since the last look, which changes nothing.
  bool look(const Totals& totals);
  int score() const { return score_; }
  double loss() const { return loss_; }  // between the last two looks, before repairs

 private:
  static constexpr std::size_t looks = 8;
  void remember(double score);

  Totals before_;
  std::array<float, looks> scores_{};
  std::uint8_t count_ = 0, next_ = 0;
  std::int8_t score_ = 10;
  float loss_ = 0;
};

}  // namespace greenroom::rtc
