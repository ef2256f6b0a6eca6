// What arrives at the other end of a path, over the last half second of its clock, and over the last fifth: while a
// queue drains, that is what the path carries now. Owned by a BandwidthEstimator.
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

  void add(std::span<const SentSample> samples) {
    for (const auto& sample : samples) {
      if (!sample.arrival) continue;
      arrived_.push_back({*sample.arrival, sample.size});
      bytes_ += sample.size;
    }
    while (!arrived_.empty() && arrived_.front().at + window < arrived_.back().at) {
      bytes_ -= arrived_.front().size;
      arrived_.pop_front();
    }
    if (arrived_.size() < 2) return;
    const auto span = std::max(arrived_.back().at - arrived_.front().at, window / 2);
    rate_ = base::Bitrate::of({bytes_}, span);
  }
  void fetch_ahead() const { arrived_.fetch_ends(); }  // a hint: add() comes soon
  base::Bitrate rate() const { return rate_; }
  base::Bitrate recent() const {
    std::uint64_t bytes = 0;
    std::size_t i = arrived_.size();
    while (i > 0 && arrived_[i - 1].at + moment >= arrived_.back().at) bytes += arrived_[--i].size;
    if (i == 0 || arrived_.size() - i < 2) return rate_;  // too little to tell
    return base::Bitrate::of({bytes}, arrived_.back().at - arrived_[i - 1].at);
  }

 private:
  struct Arrived {
    base::Duration at{0};
    std::uint32_t size = 0;
  };
  base::Ring<Arrived> arrived_;
  std::uint64_t bytes_ = 0;
  base::Bitrate rate_;
};

}  // namespace greenroom::rtc
