// A subscriber's budget without its short dips: an estimate that falls a little and is back within moments (a burst, a
// key frame) takes no layer away, one that falls far does so at once. Pure, one per transport.
#pragma once
#include "base/time.hpp"
#include "base/units.hpp"

namespace greenroom::sfu {

class SteadyBudget {
 public:
  static constexpr base::Duration dip = std::chrono::milliseconds(600);  // three allocations
  static constexpr double deep = 0.6;                                    // of what it was: no dip but a fall

  base::Bitrate follow(base::Bitrate budget, base::Instant now) {
    if (budget >= held_ || budget < held_ * deep || now - since_ > dip) held_ = budget, since_ = now;
    return held_;
  }

 private:
  base::Bitrate held_;
  base::Instant since_{};  // when it was last as much
};

}  // namespace greenroom::sfu
