// When to ask a sender for a key frame of one encoding. Many subscribers want one at once (they join, they lose
// packets); the sender should be asked once: the first request goes out at once, more wait until the picture came or
// patience ran out. Pure, one per encoding. Invariant: two requests are a round trip apart, and in n seconds there are
// at most n + burst of them, however many ask.
#pragma once
#include <algorithm>
#include <optional>

#include "base/time.hpp"

namespace greenroom::rtc {

inline constexpr base::Duration keyframe_retry = std::chrono::milliseconds(300);  // unanswered: two round trips, say
inline constexpr base::Duration keyframe_interval = std::chrono::milliseconds(1000);

class KeyframeRequests {
 public:
  static constexpr int burst = 2;  // a request that was lost is repeated without waiting for its second

  void request() { wanted_ = true; }
  // From a subscriber a round trip away: what it lost may be the picture before the one that is on its way to it.
  void request(base::Instant now, base::Duration round_trip) {
    if (!came_ || now - *came_ > round_trip) request();
  }
  // The picture that arrived answers all requests.
  void arrived(base::Instant now) {
    wanted_ = false;
    came_ = now;
    if (asked_) answered_ = true;
  }
  // True: ask now.
  bool due(base::Instant now, base::Duration round_trip = keyframe_retry / 2) {
    round_trip_ = round_trip;
    if (!wanted_ || now < next()) return false;
    paid_until_ = std::max(paid_until_, now) + keyframe_interval;
    asked_ = now;
    answered_ = false;
    return true;
  }
  base::Instant next() const {
    if (!asked_) return base::Instant{};
    const auto retry = *asked_ + std::max(keyframe_retry, round_trip_ * 3 / 2);
    return std::max(answered_ ? *asked_ + keyframe_interval : retry, paid_until_ - keyframe_interval * (burst - 1));
  }
  base::Instant next_deadline() const { return wanted_ ? next() : base::Instant::max(); }

 private:
  bool wanted_ = false, answered_ = false;
  std::optional<base::Instant> asked_, came_;
  base::Instant paid_until_{};  // each request costs an interval
  base::Duration round_trip_{0};
};

}  // namespace greenroom::rtc
