// What arrives at the other end of a path, over the last half second of its clock, and over the last fifth: while a
// queue drains, that is what the path carries now. Packets that arrive together are remembered as one: of a subscriber
// there are hundreds in that time, and they come in bursts. Owned by a BandwidthEstimator.
#pragma once
#include <algorithm>
#include <cstdint>
#include <span>

#include "base/ring.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "rtc/twcc.hpp"

namespace greenroom::rtc {

class AcknowledgedRate {
 public:
  static constexpr base::Duration window = std::chrono::milliseconds(500);
  static constexpr base::Duration moment = std::chrono::milliseconds(200);
  static constexpr base::Duration together = std::chrono::milliseconds(5);

  void add(std::span<const SentSample> samples) {
    for (const auto& sample : samples) {
      if (sample.arrival) add(*sample.arrival, sample.size);
    }
    forget_before(last_ - window);
    if (bursts_.size() < 2) return;
    const auto span = std::max(last_ - bursts_.front().at, window / 2);
    rate_ = base::Bitrate::of({bytes_}, span);
  }
  void fetch_ahead() const { bursts_.fetch_ends(); }  // a hint: add() comes soon
  base::Bitrate rate() const { return rate_; }
  base::Bitrate recent() const {
    std::uint64_t bytes = 0;
    std::size_t i = bursts_.size();
    while (i > 0 && bursts_[i - 1].at + moment >= bursts_.back().at) bytes += bursts_[--i].bytes;
    if (i == 0 || bursts_.size() - i < 2) return rate_;  // too little to tell
    return base::Bitrate::of({bytes}, bursts_.back().at - bursts_[i - 1].at);
  }

 private:
  struct Burst {
    base::Duration at{0};  // its first packet
    std::uint32_t bytes = 0;
  };
  void add(base::Duration at, std::uint32_t size) {
    if (bursts_.empty() || at - bursts_.back().at >= together) {
      forget_before(at - window);
      bursts_.push_back({at, 0});
    }
    bursts_.back().bytes += size;
    bytes_ += size;
    last_ = at;
  }

  void forget_before(base::Duration at) {
    for (; !bursts_.empty() && bursts_.front().at < at; bursts_.pop_front()) bytes_ -= bursts_.front().bytes;
  }

  base::Duration last_{0};
  std::uint64_t bytes_ = 0;
  base::Bitrate rate_;
  base::InlineRing<Burst, window / together + 1> bursts_;
};

}  // namespace greenroom::rtc
