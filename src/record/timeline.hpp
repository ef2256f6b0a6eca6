// When the ticks of a received track were captured, on the server's clock. Sender reports say exactly which tick is
// which moment of the sender's clock; the least delayed report ties that clock to ours. Reports that contradict the
// packets' own arrival (some senders are hundreds of milliseconds off, C-19) are not believed: then the least delayed
// packet of each quarter of a second is the anchor. So it is, less what the reports say packets are on their way, where
// the sender's device stood still for a moment. Pure.
#pragma once
#include <vector>

#include "media/clock_fit.hpp"
#include "record/depacketize.hpp"

namespace greenroom::record {

struct TrackTimeline {
  std::vector<media::ClockAnchor> anchors;  // frame = ticks
  double started_at_ms = 0;                 // of tick 0
  bool by_sender_reports = false;
};

TrackTimeline find_timeline(const TrackPackets& track);

}  // namespace greenroom::record
