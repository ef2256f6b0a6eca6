// What one subscriber gets of one producer: the layer selector decides, the rewriter numbers. The same for a browser
// (DownTrack) and for a recorder (BackupTrack). Pure.
#pragma once
#include <cstdint>
#include <optional>

#include "sfu/layer_selector.hpp"
#include "sfu/rewriter.hpp"
#include "sfu/up_track.hpp"

namespace greenroom::sfu {

class Forwarder {
 public:
  explicit Forwarder(const rtc::ProducerPlan& plan)
      : selector_(LayerShape::of(plan)),
        rewriter_(plan.kind == wire::MediaKind::audio ? audio_cache_packets : video_cache_packets) {}

  // How the packet goes out; nothing when it does not. `time_shift` is what it is shown later than its sender said.
  std::optional<Placement> offer(const UpTrack& track, std::uint8_t encoding, const CachedPacket& packet, bool late,
                                 std::int64_t time_shift = 0);

  LayerSelector& selector() { return selector_; }
  const LayerSelector& selector() const { return selector_; }
  Rewriter& rewriter() { return rewriter_; }
  const Rewriter& rewriter() const { return rewriter_; }
  // The sender's clock in terms of the outgoing time line.
  std::optional<rtc::ReceiveStream::SenderClock> clock(const UpTrack& track) const;

 private:
  LayerSelector selector_;
  Rewriter rewriter_;
};

}  // namespace greenroom::sfu
