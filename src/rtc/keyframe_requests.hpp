// When to ask a sender for a key frame of one encoding. Many subscribers want one at once (they join, they lose
// packets); the sender should be asked once: the first request goes out at once, more wait until the picture came or
// patience ran out. Pure, one per encoding.
#pragma once
#include <optional>

#include "base/time.hpp"

namespace greenroom::rtc {

inline constexpr base::Duration keyframe_retry = std::chrono::milliseconds(300);  // unanswered: two round trips, say
inline constexpr base::Duration keyframe_interval = std::chrono::milliseconds(1000);  // answered: at most one a second

class KeyframeRequests {
 public:
  void request() { wanted_ = true; }
  // The picture that arrived answers all requests.
  void arrived(base::Instant now) {
    wanted_ = false;
    if (asked_) answered_ = now;
  }
  // True: ask now.
  bool due(base::Instant now) {
    if (!wanted_ || now < next()) return false;
    asked_ = now;
    answered_.reset();
    return true;
  }
  base::Instant next() const {
    if (!asked_) return base::Instant{};
    return *asked_ + (answered_ ? keyframe_interval : keyframe_retry);
  }
  base::Instant next_deadline() const { return wanted_ ? next() : base::Instant::max(); }

 private:
  bool wanted_ = false;
  std::optional<base::Instant> asked_, answered_;
};

}  // namespace greenroom::rtc
