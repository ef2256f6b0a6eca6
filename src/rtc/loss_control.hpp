// The rate that the losses of a path allow (draft-ietf-rmcat-gcc-02 §6): cut above a tenth lost, held above a fiftieth.
// A radio loses packets whatever is sent through it: when sending less did not lose less, the loss is the path's own,
// is no longer counted, and the cut is taken back. Pure, owned by a BandwidthEstimator.
#pragma once
#include <cstdint>
#include <optional>
#include <span>

#include "base/time.hpp"
#include "base/units.hpp"
#include "rtc/twcc.hpp"

namespace greenroom::rtc {

class LossControl {
 public:
  // The rate to follow the current one, which may be another only when a window of samples is full.
  base::Bitrate next(base::Bitrate current, std::span<const SentSample> samples, base::Instant now);
  double loss() const { return loss_; }
  bool may_grow() const;   // few losses, besides the path's own
  bool may_probe() const;  // not so many that more would be reckless
  const std::optional<base::Instant>& last_cut() const { return last_cut_; }

 private:
  struct Episode {  // from the first cut until it is known whose the losses are
    base::Bitrate sent;
    double loss = 0;
    base::Bitrate rate;  // before the cut
  };
  bool close_window(base::Instant now);
  double excess() const;
  base::Bitrate judge(base::Bitrate current);

  base::Instant since_{};
  std::uint32_t sent_ = 0, lost_ = 0;
  std::uint64_t bytes_ = 0;
  base::Bitrate sending_;  // in the last window
  double loss_ = 0, own_ = 0, doubt_ = 0;
  std::optional<Episode> episode_;
  std::optional<base::Instant> last_cut_;
};

}  // namespace greenroom::rtc
