// A consumer inside the shard: a Forwarder, the sender of the subscriber's transport that it feeds, and what the
// subscriber wants. Owned by its Room. Starts paused, as mediasoup-client expects: nothing is forwarded before
// ResumeConsumer.
#pragma once
#include <cstdint>

#include "rtc/transport.hpp"
#include "sfu/forwarder.hpp"
#include "sfu/ids.hpp"

namespace greenroom::sfu {

struct PeerTransport;

class DownTrack {
 public:
  DownTrack(ConsumerId id, UpTrack& source, PeerTransport& transport, rtc::SenderIndex sender)
      : id_(id), source_(source), transport_(transport), sender_(sender), forwarder_(source.kind()) {}

  const ConsumerId& id() const { return id_; }
  UpTrack& source() { return source_; }
  PeerTransport& transport() { return transport_; }
  rtc::SenderIndex sender() const { return sender_; }
  Forwarder& forwarder() { return forwarder_; }
  bool flows() const { return !paused && !source_.paused; }
  // Before its transport is connected nothing is forwarded, so that no key frame is wasted on it.
  bool reachable() const;

  // The packet with the VP8 patches of its placement applied; false when the cache has lost it. `patch` backs
  // `out.head`.
  static constexpr std::size_t patch_room = 8;  // a VP8 descriptor is at most 6 bytes long
  using Patch = std::array<std::uint8_t, patch_room>;
  bool compose(std::uint8_t encoding, wire::ExtSeq seq, const Placement& placement, Patch& patch,
               rtc::OutgoingRtp& out) const;

  bool paused = true;
  Layers preferred{int(rtc::max_encodings) - 1, 3};  // upper bound
  Layers reported;                                   // last ConsumerLayersChanged
  struct Counters {
    std::uint64_t packets = 0, bytes = 0, retransmitted = 0, nacked = 0, not_in_cache = 0;
  } counters;

 private:
  ConsumerId id_;
  UpTrack& source_;
  PeerTransport& transport_;
  rtc::SenderIndex sender_;
  Forwarder forwarder_;
};

// A subscription of a recorder.
class BackupTrack {
 public:
  BackupTrack(BackupTrackId id, std::string recording, UpTrack& source, rtc::ConsumerPlan plan)
      : id_(id), recording_(std::move(recording)), source_(source), plan_(std::move(plan)), forwarder_(source.kind()) {}

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
