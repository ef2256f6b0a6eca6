// How many packets one connection may send: a token bucket, full at the start. Owned by SocketServer's client, on the
// control thread. Joining a call of ten takes about sixty calls at once; a minute of it, a few a second.
#pragma once
#include <algorithm>
#include <cstdint>

#include "base/time.hpp"

namespace greenroom::api::realtime {

struct EventRateOptions {
  std::uint32_t burst = 0;  // 0: no limit
  std::uint32_t per_second = 50;
};

class EventRate {
 public:
  explicit EventRate(const EventRateOptions& options) : options_(options), tokens_(options.burst) {}

  bool take(base::Instant now) {
    if (options_.burst == 0) return true;
    tokens_ = std::min<double>(options_.burst, tokens_ + base::to_seconds(now - at_) * options_.per_second);
    at_ = now;
    if (tokens_ < 1) return ++refused_, false;
    refused_ = 0;
    tokens_ -= 1;
    return true;
  }
  std::uint32_t refused() const { return refused_; }  // since the last that was allowed

 private:
  EventRateOptions options_;
  double tokens_;
  base::Instant at_{};
  std::uint32_t refused_ = 0;
};

}  // namespace greenroom::api::realtime
