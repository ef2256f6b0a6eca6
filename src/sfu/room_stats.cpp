// The part of Room that is looked at from outside: what /stats and /metrics tell of peers, producers and consumers.
#include <algorithm>

#include "sfu/room.hpp"

namespace greenroom::sfu {
namespace {}  // namespace

void Room::add_stats(Stats& stats, bool detailed, base::Instant now) {
  stats.peers += std::uint32_t(peers_.size());
  const auto imports = std::ranges::count_if(up_tracks_, [](const auto& t) { return t.second->import != nullptr; });
  stats.producers += std::uint32_t(up_tracks_.size()) - std::uint32_t(imports);
  stats.imports += std::uint32_t(imports);
  stats.branches += branches_.home || !branches_.others.empty() ? 1 : 0;
  stats.consumers += std::uint32_t(down_tracks_.size());
  stats.data_producers += std::uint32_t(
      std::ranges::count_if(data_producers_, [](const auto& p) { return p.second->transport != nullptr; }));
  stats.data_consumers += std::uint32_t(data_consumers_.size());
  for (const auto& [id, peer] : peers_) stats.transports += std::uint32_t(peer->transports.size());
  if (!detailed) return;
  for (const auto& [id, peer] : peers_) stats.room_peers.push_back(peer_stats(*peer, now));
}

PeerStats Room::peer_stats(Peer& peer, base::Instant now) {
  PeerStats stats;
  stats.peer = peer.id;
  stats.user_id = peer.user_id;
  stats.connected = !peer.transports.empty();
  stats.quality = quality_of(peer);
  for (const auto& [id, transport] : peer.transports) {
    stats.connected &= transport->rtc.phase(now) == rtc::TransportPhase::connected;
    stats.transports.push_back(transport_stats(*transport));
    if (transport->direction == Direction::recv) {
      stats.available_outgoing = transport->rtc.bandwidth().estimate();
      stats.rtt_ms = stats.transports.back().rtt_ms;
    }
    for (auto* track : transport->up_tracks) {
      if (track) stats.producers.push_back(producer_stats(*track, now));
    }
    for (auto* track : transport->down_tracks) {
      if (track) stats.consumers.push_back(consumer_stats(*track));
    }
  }
  return stats;
}

TransportStats Room::transport_stats(PeerTransport& transport) {
  TransportStats stats{transport.id, transport.direction, transport.reported, {}, {}};
  if (const auto rtt = transport.rtc.measured_rtt()) stats.rtt_ms = base::to_fractional_millis(*rtt);
  if (transport.rtc.bandwidth().has_feedback()) stats.available_outgoing = transport.rtc.bandwidth().estimate();
  return stats;
}

ProducerStats Room::producer_stats(UpTrack& track, base::Instant now) {
  ProducerStats stats;
  stats.producer = track.id();
  stats.kind = track.kind();
  stats.score = track.told.score;
  auto& receiver = *track.transport->rtc.receiver(track.receiver);
  for (std::size_t i = 0; i < receiver.size(); ++i) {
    const auto& encoding = receiver.encoding(i);
    stats.layers.push_back(
        {track.bitrate(i, now), track.active(i, now) ? encoding.quality.score() : 0, encoding.keyframe_requests});
    stats.key_frame_requests += encoding.keyframe_requests;
    if (!encoding.stream) continue;
    const auto& counters = encoding.stream->counters();
    stats.packets += counters.packets;
    stats.bytes += counters.bytes;
    stats.lost += std::uint64_t(encoding.stream->lost());
    stats.recovered += counters.recovered;
    stats.duplicates += counters.duplicates;
    stats.nacks += counters.nacked;
    stats.jitter_ms = std::max(stats.jitter_ms, base::to_fractional_millis(encoding.stream->jitter()));
    stats.fraction_lost = std::max(stats.fraction_lost, encoding.quality.loss());
  }
  return stats;
}

ConsumerStats Room::consumer_stats(DownTrack& track) {
  const auto& counters = track.counters;
  const auto& sender = *track.transport().rtc.sender(track.sender());
  const auto current = track.forwarder().selector().current();
  ConsumerStats stats;
  stats.consumer = track.id();
  stats.producer = track.source().id();
  stats.kind = track.source().kind();
  stats.packets = counters.packets;
  stats.bytes = counters.bytes;
  stats.retransmitted = counters.retransmitted;
  stats.nacked = counters.nacked;
  stats.not_in_cache = counters.not_in_cache;
  stats.key_frame_requests = counters.key_frame_requests;
  stats.spatial_layer = current.spatial;
  stats.temporal_layer = current.temporal;
  stats.fraction_lost = sender.remote().fraction_lost;
  stats.lost = sender.remote().packets_lost;
  stats.jitter_ms = base::to_fractional_millis(sender.remote().jitter);
  if (const auto rtt = sender.rtt()) stats.rtt_ms = base::to_fractional_millis(*rtt);
  stats.score = track.told.score;
  stats.producer_score = track.told.producer_score;
  return stats;
}

}  // namespace greenroom::sfu
