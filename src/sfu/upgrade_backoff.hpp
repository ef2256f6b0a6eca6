// Keeps a consumer from trying again at once what has just failed: a higher layer that had to be given up soon after it
// was given is not given again for a while, and each failure in a row doubles the while. Each attempt costs a key frame
// and shows a picture that changes its size. Pure, one per consumer of video.
#pragma once
#include <algorithm>

#include "base/time.hpp"
#include "sfu/layer_selector.hpp"

namespace greenroom::sfu {

class UpgradeBackoff {
 public:
  static constexpr base::Duration trial = std::chrono::seconds(6);  // held for less, it has failed
  static constexpr base::Duration first_wait = std::chrono::seconds(4), longest_wait = std::chrono::seconds(64);

  // What may be given now of what is wanted.
  Layers limit(Layers wanted, base::Instant now) const {
    if (now < not_before_) wanted.spatial = std::min(wanted.spatial, ceiling_);
    return wanted;
  }
  // What has been given; `could_have_stayed`: only the bandwidth speaks against what was given before.
  void given(Layers layers, bool could_have_stayed, base::Instant now) {
    const int before = spatial_;
    spatial_ = layers.spatial;
    if (before >= 0 && spatial_ > before) {
      risen_ = now;
    } else if (spatial_ < before && could_have_stayed && now - risen_ < std::max(trial, wait_)) {
      fail(now);
    } else if (now - risen_ >= std::max(trial, wait_)) {
      wait_ = {};
    }
  }

 private:
  void fail(base::Instant now) {
    wait_ = std::clamp(wait_ * 2, first_wait, longest_wait);
    not_before_ = now + wait_;
    ceiling_ = spatial_;
  }
  int spatial_ = -1, ceiling_ = -1;
  base::Instant risen_{}, not_before_{};
  base::Duration wait_{0};
};

}  // namespace greenroom::sfu
