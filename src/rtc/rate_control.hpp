// The rate that the delay of a path allows: multiplied while its capacity is unknown, raised by about a packet a round
// trip near what it carried last time, cut to a share of what gets through when a queue grows
// (draft-ietf-rmcat-gcc-02 §5.5). Pure, owned by a BandwidthEstimator.
#pragma once
#include <optional>

#include "base/time.hpp"
#include "base/units.hpp"
#include "rtc/delay_detector.hpp"

namespace greenroom::rtc {

// What a path carried when its queue began to grow: mean and spread over the occasions.
class LinkCapacity {
 public:
  void saw(base::Bitrate rate);
  void forget() { kbps_.reset(); }
  bool near(base::Bitrate rate) const;
  bool below(base::Bitrate rate) const;  // the rate is beyond anything seen

 private:
  double spread() const;
  std::optional<double> kbps_;
  double variance_ = 0.4;  // over the mean
};

class RateControl {
 public:
  struct Path {
    PathUse use = PathUse::normal;
    base::Bitrate acknowledged;  // lately
    base::Bitrate carried;       // at this moment; only asked for on a path that is overused
    base::Duration rtt{0};
    bool may_grow = true;  // nothing else speaks against it
  };
  // The rate to follow the current one.
  base::Bitrate next(base::Bitrate current, const Path& path, base::Instant now);
  const std::optional<base::Instant>& last_cut() const { return last_cut_; }

 private:
  base::Bitrate cut(base::Bitrate current, const Path& path, base::Instant now);
  base::Bitrate grow(base::Bitrate current, const Path& path, base::Instant now);

  LinkCapacity capacity_;
  std::optional<base::Instant> last_growth_, last_cut_;
};

}  // namespace greenroom::rtc
