// A consumer inside the shard: a Forwarder, the sender of the subscriber's transport that it feeds, and what the
// subscriber wants. Owned by its Room. Starts paused, as mediasoup-client expects: nothing is forwarded before
// ResumeConsumer.
#pragma once
#include <cstdint>

#include "rtc/stream_quality.hpp"
#include "rtc/transport.hpp"
#include "sfu/forwarder.hpp"
#include "sfu/ids.hpp"
#include "sfu/upgrade_backoff.hpp"

namespace greenroom::sfu {

struct PeerTransport;

class DownTrack {
 public:
  DownTrack(ConsumerId id, UpTrack& source, PeerTransport& transport, rtc::SenderIndex sender,
            const rtc::ConsumerPlan& plan)
      : id_(id),
        source_(source),
        transport_(transport),
        sender_(sender),
        payload_type_(plan.payload_type),
        knows_redundancy_(plan.red_payload_type.has_value()),
        forwarder_(source.plan()) {}

  const ConsumerId& id() const { return id_; }
  UpTrack& source() { return source_; }
  PeerTransport& transport() { return transport_; }
  rtc::SenderIndex sender() const { return sender_; }
  Forwarder& forwarder() { return forwarder_; }
  bool flows() const { return !paused && !source_.paused; }
  // Before its transport is connected nothing is forwarded, so that no key frame is wasted on it.
  bool reachable() const;

  // The packet with what its placement says in place of its own. `patch` backs the answer's head. Counters of VP8 and
  // VP9 take 6 bytes, block headers of redundant sound most.
  static constexpr std::size_t patch_room = 40;
  using Patch = std::array<std::uint8_t, patch_room>;
  rtc::OutgoingRtp compose(const CachedPacket& packet, const Placement& placement, Patch& patch) const;

  bool paused = true;
  Layers preferred{int(rtc::max_encodings) - 1, 3};  // upper bound
  Layers reported;                                   // last ConsumerLayersChanged
  std::uint8_t priority = 1;                         // among the consumers of its subscriber
  UpgradeBackoff upgrades;
  struct Counters {
    std::uint64_t packets = 0, bytes = 0, retransmitted = 0, nacked = 0, not_in_cache = 0, key_frame_requests = 0;
  } counters;
  rtc::StreamQuality quality;  // as its receiver reports tell
  struct Told {
    std::int8_t score = 10, producer_score = 10;  // by ConsumerScore
    std::uint64_t reports = 0;                    // looked at
  } told;

 private:
  ConsumerId id_;
  UpTrack& source_;
  PeerTransport& transport_;
  void fit_redundancy(Patch& patch, rtc::OutgoingRtp& out) const;

  rtc::SenderIndex sender_;
  std::uint8_t payload_type_ = 0;
  bool knows_redundancy_ = false;
  Forwarder forwarder_;
};

// A subscription of a recorder.
class BackupTrack {
 public:
  BackupTrack(BackupTrackId id, std::string recording, UpTrack& source, rtc::ConsumerPlan plan)
      : id_(id), recording_(std::move(recording)), source_(source), plan_(std::move(plan)), forwarder_(source.plan()) {}

  const BackupTrackId& id() const { return id_; }
  const std::string& recording() const { return recording_; }
  UpTrack& source() { return source_; }
  const rtc::ConsumerPlan& plan() const { return plan_; }
  Forwarder& forwarder() { return forwarder_; }
  // A whole RTP packet; its size, or 0 when it does not fit.
  std::size_t write(base::ByteSpan out, const CachedPacket& packet, const Placement& placement) const;

 private:
  BackupTrackId id_;
  std::string recording_;
  UpTrack& source_;
  rtc::ConsumerPlan plan_;
  Forwarder forwarder_;
};

}  // namespace greenroom::sfu
