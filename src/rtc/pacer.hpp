// A leaky bucket: how many bytes may leave a transport now. What is queued, and in which order it leaves, is the
// owner's. Media leaves at pacing_factor times the estimated rate, so that a key frame spreads over a few frame
// intervals instead of overrunning the path's queue, and the queue here still drains. Pure, one per transport.
#pragma once
#include "base/time.hpp"
#include "base/units.hpp"

namespace greenroom::rtc {

inline constexpr double pacing_factor = 2.5;  // libwebrtc's: a key frame is some five times a delta frame
inline constexpr base::Duration pacer_burst = std::chrono::milliseconds(10);  // two ticks of the owner

class Pacer {
 public:
  explicit Pacer(base::Duration burst = pacer_burst) : burst_(burst) {}

  void set_rate(base::Bitrate estimate) { rate_ = estimate * pacing_factor; }
  base::Bitrate rate() const { return rate_; }

  bool may_send(base::Instant now) {
    drain(now);
    return debt_ < double(rate_.bytes_in(burst_).value);
  }
  void sent(std::size_t bytes) { debt_ += double(bytes); }

 private:
  void drain(base::Instant now) {
    if (now > last_) debt_ -= double(rate_.bps) / 8e6 * double((now - last_).count());
    if (debt_ < 0) debt_ = 0;
    last_ = now;
  }
  base::Duration burst_;
  base::Bitrate rate_ = base::Bitrate::kbps(1000);
  base::Instant last_{};
  double debt_ = 0;
};

}  // namespace greenroom::rtc
