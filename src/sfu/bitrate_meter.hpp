// The rate of a stream over the last second, in ten buckets. Pure, no allocation.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>

#include "base/time.hpp"
#include "base/units.hpp"

namespace greenroom::sfu {

class BitrateMeter {
 public:
  void add(std::size_t bytes, base::Instant now) {
    turn(now);
    if (!any_) begin_ = now, any_ = true;
    buckets_[std::size_t(at_) % count] += bytes;
    total_ += bytes;
  }
  base::Bitrate rate(base::Instant now) {
    turn(now);
    if (!any_) return {};
    const auto over = std::clamp<base::Duration>(now - begin_, bucket * 2, bucket * count);
    return base::Bitrate::of({total_}, over);
  }

 private:
  static constexpr std::int64_t count = 10;
  static constexpr base::Duration bucket = std::chrono::milliseconds(100);
  void turn(base::Instant now) {
    const auto at = now.time_since_epoch() / bucket;
    if (at - at_ >= count) {
      buckets_.fill(0);
      total_ = 0;
      any_ = false;  // silence: what comes next is measured from its own beginning
      at_ = at;
    }
    while (at_ < at) {
      auto& oldest = buckets_[std::size_t(++at_) % count];
      total_ -= oldest;
      oldest = 0;
    }
  }
  std::array<std::uint64_t, count> buckets_{};
  std::uint64_t total_ = 0;
  std::int64_t at_ = 0;
  base::Instant begin_{};
  bool any_ = false;
};

}  // namespace greenroom::sfu
