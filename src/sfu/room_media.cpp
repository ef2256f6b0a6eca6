// The part of Room that media passes through: packets from up-tracks to down-tracks, feedback the other way, and what
// is decided from time to time (layers, key frames, levels).
#include <algorithm>

#include "sfu/room.hpp"

namespace greenroom::sfu {
namespace {
constexpr base::Duration allocation_interval = std::chrono::milliseconds(200);
constexpr base::Duration level_interval = std::chrono::milliseconds(300);
constexpr base::Duration max_queueing =
    std::chrono::milliseconds(400);  // what waited longer leaves whatever the pacer says
constexpr base::Duration drain_interval = std::chrono::milliseconds(5);
constexpr double repair_share = 0.33 / rtc::pacing_factor;        // the bucket multiplies by its factor
constexpr base::Bitrate min_repaired = base::Bitrate::kbps(500);  // the lowest layer is sent whatever the estimate
constexpr base::Bitrate audio_reserve = base::Bitrate::kbps(48);  // an Opus stream with its headers
constexpr int silence = 127, speech = 50;                         // dB below full scale (RFC 6464)
constexpr int lead_to_switch = 2;  // intervals that another voice must be the loudest before it is the speaker
constexpr std::uint64_t probe_packets = 12;  // about so many in a probe, if they are of a reasonable size (bytes)
constexpr std::uint64_t min_probe_packet = 120, max_probe_packet = 1100;
}  // namespace

// ---- packets

void Room::on_rtp(PeerTransport& transport, const rtc::ReceivedRtp& rtp, base::Instant now) {
  auto* track = transport.up_tracks[rtp.receiver.value];
  const auto* packet = track->store(rtp, now);
  if (!packet) {
    ++context_.counters.dropped_malformed;
    return;
  }
  if (packet->keyframe && track->kind() == wire::MediaKind::video) {
    transport.rtc.receiver(rtp.receiver)->encoding(rtp.encoding).keyframe.arrived(now);
  }
  if (track->paused) return;
  for (auto* down : track->down_tracks) {
    if (down->reachable()) forward(*down, rtp.encoding, *packet, rtp.late, now);
  }
  for (auto* backup : track->backups) back_up(*backup, rtp.encoding, *packet, rtp.late);
}

void Room::forward(DownTrack& track, std::uint8_t encoding, const CachedPacket& packet, bool late, base::Instant now) {
  const auto before = track.forwarder().selector().current();
  const auto placement = track.forwarder().offer(track.source(), encoding, packet, late);
  if (track.forwarder().selector().current() != before) {
    if (const auto clock = track.forwarder().clock(track.source())) {
      track.transport().rtc.sender(track.sender())->set_clock(*clock);
    }
    tell_layers(track);
  }
  if (!placement || packet.size == 0) return;
  auto& transport = track.transport();
  const QueuedPacket queued{&track, packet.seq, *placement, now, encoding, false};
  // Sound is a trickle that must not wait behind pictures.
  const bool at_once = track.source().kind() == wire::MediaKind::audio ||
                       (transport.queue.empty() && transport.rtc.pacer().may_send(now));
  at_once ? send(track, queued, now) : enqueue(transport, queued);
  if (late && before.spatial < 0) {
    track.source().for_each_after(encoding, packet.seq,
                                  [&](const CachedPacket& next) { forward(track, encoding, next, false, now); });
  }
}

void Room::enqueue(PeerTransport& transport, const QueuedPacket& packet) {
  if (!transport.queue.push(packet)) ++context_.counters.dropped_overflow;
}

void Room::send(DownTrack& track, const QueuedPacket& queued, base::Instant now) {
  rtc::OutgoingRtp out;
  DownTrack::Patch patch;
  if (!track.compose(queued.encoding, queued.seq, queued.placement, patch, out)) {
    ++track.counters.not_in_cache;
    return;
  }
  out.retransmission = queued.retransmission;
  auto& probe = track.transport().probe;
  out.probe = probe ? probe->cluster.id : 0;
  const auto size = track.transport().rtc.send(track.sender(), out, now, context_.outputs.datagrams);
  if (size == 0) return;
  if (probe) probe->sent += size;
  ++(queued.retransmission ? track.counters.retransmitted : track.counters.packets);
  track.counters.bytes += size;
  ++context_.counters.rtp_forwarded;
}

void Room::drain(PeerTransport& transport, base::Instant now) {
  while (!transport.queue.empty()) {
    const auto queued = transport.queue.front();
    if (!transport.rtc.pacer().may_send(now) && now - queued.since < max_queueing) return;
    transport.queue.pop();
    if (queued.track) send(*queued.track, queued, now);
  }
}

// ---- feedback

void Room::on_feedback(PeerTransport& transport, base::Instant now) {
  for (const auto& feedback : transport.rtc.feedback()) {
    if (const auto* nack = std::get_if<rtc::NackFeedback>(&feedback)) {
      auto* track = transport.down_tracks[nack->sender.value];
      if (track) retransmit(*track, std::span(transport.rtc.nacked()).subspan(nack->first, nack->count), now);
    } else if (const auto* wanted = std::get_if<rtc::KeyframeFeedback>(&feedback)) {
      auto* track = transport.down_tracks[wanted->sender.value];
      const int spatial = track ? track->forwarder().selector().current().spatial : -1;
      if (track && track->flows() && spatial >= 0) request_keyframe(track->source(), std::uint8_t(spatial));
    } else if (const auto* report = std::get_if<rtc::SenderReportFeedback>(&feedback)) {
      if (auto* track = transport.up_tracks[report->receiver.value]) relay_clock(*track, report->encoding, now);
    }
  }
}

void Room::retransmit(DownTrack& track, std::span<const wire::SeqNo> lost, base::Instant now) {
  const auto* stream = track.transport().rtc.sender(track.sender());
  for (const auto seq : lost) {
    ++track.counters.nacked;
    const auto origin = track.forwarder().rewriter().origin(seq);
    if (!origin || !stream->plan().rtx_ssrc) {
      ++track.counters.not_in_cache;
      continue;
    }
    // Asked for again while the answer is under way: once is enough.
    if (!track.forwarder().rewriter().may_repeat(seq, now, track.transport().rtc.rtt())) continue;
    if (!track.transport().repairs.may_send(now)) continue;
    track.transport().repairs.sent(max_payload_size);
    enqueue(track.transport(), {&track, origin->seq, origin->placement, now, origin->source, true});
  }
  drain(track.transport(), now);
}

void Room::relay_clock(UpTrack& track, std::uint8_t encoding, base::Instant now) {
  const auto& clock = track.transport->rtc.receiver(track.receiver)->encoding(encoding).stream->sender_clock();
  track.set_clock(encoding, *clock);
  for (auto* down : track.down_tracks) {
    if (down->forwarder().selector().current().spatial != int(encoding)) continue;
    down->transport().rtc.sender(down->sender())->set_clock(*down->forwarder().clock(track));
  }
  for (auto* backup : track.backups) {
    if (backup->forwarder().selector().current().spatial != int(encoding)) continue;
    const auto mapped = *backup->forwarder().clock(track);
    context_.outputs.say(BackupRecord(BackupSenderReport{backup->id(), mapped.ntp.value, mapped.rtp_time.value, now}));
  }
}

// ---- key frames

void Room::request_keyframe(UpTrack& track, std::uint8_t encoding) {
  if (track.kind() != wire::MediaKind::video || encoding >= track.encodings()) return;
  track.transport->rtc.receiver(track.receiver)->encoding(encoding).keyframe.request();
}

void Room::request_missing_keyframe(UpTrack& track, const Forwarder& forwarder) {
  if (const auto encoding = forwarder.selector().wants_keyframe()) request_keyframe(track, *encoding);
}

void Room::request_missing_keyframes(UpTrack& track) {
  if (track.paused) return;
  for (auto* down : track.down_tracks) {
    if (down->reachable()) request_missing_keyframe(track, down->forwarder());
  }
  for (auto* backup : track.backups) request_missing_keyframe(track, backup->forwarder());
}

// ---- layers

void Room::retarget_audio(DownTrack& track) {
  if (track.source().kind() == wire::MediaKind::audio) track.forwarder().selector().set_target({0, 0});
}

void Room::allocate(PeerTransport& transport, base::Instant now) {
  transport.next_allocation = now + allocation_interval;
  demands_.clear();
  demanding_.clear();
  auto budget = transport.rtc.bandwidth().estimate();
  for (auto* track : transport.down_tracks) {
    if (!track || !track->flows()) continue;
    auto& source = track->source();
    if (source.kind() == wire::MediaKind::audio) {
      budget = budget - audio_reserve;
      continue;
    }
    Demand demand;
    demand.temporal_layers = source.plan().temporal_layers;
    demand.limit = track->preferred;
    demand.current = track->forwarder().selector().current();
    for (std::size_t i = 0; i < source.encodings(); ++i) {
      if (source.active(i, now)) demand.rates[i] = std::max(source.bitrate(i, now), base::Bitrate{1});
    }
    demands_.push_back(demand);
    demanding_.push_back(track);
  }
  // What is left of the path belongs to pictures; repairs get at most a third of it on top.
  transport.repairs.set_rate(std::max(transport.rtc.bandwidth().estimate(), min_repaired) * repair_share);
  sfu::allocate(demands_, budget, allotted_);
  for (std::size_t i = 0; i < demanding_.size(); ++i) {
    auto& selector = demanding_[i]->forwarder().selector();
    // Nothing is known of a producer before its first packets: the lowest layer is as good a wish as any.
    selector.set_target(allotted_[i].spatial < 0 ? Layers{0, 3} : allotted_[i]);
    if (demanding_[i]->reachable()) request_missing_keyframe(demanding_[i]->source(), demanding_[i]->forwarder());
  }
  if (transport.direction != Direction::recv || !transport.rtc.can_send()) return;
  if (const auto probe = transport.rtc.bandwidth().start_probe(wanted(demands_), now)) {
    transport.probe = PeerTransport::Probe{*probe, now, 0};
  }
}

// A probe is the media of its time, filled up with padding to its rate.
void Room::keep_probing(PeerTransport& transport, base::Instant now) {
  if (!transport.probe) return;
  auto& probe = *transport.probe;
  const auto elapsed = std::min(now - probe.since + drain_interval, probe.cluster.length);
  const auto due = probe.cluster.rate.bytes_in(elapsed).value;
  const auto size = std::clamp<std::uint64_t>(probe.cluster.rate.bytes_in(probe.cluster.length).value / probe_packets,
                                              min_probe_packet, max_probe_packet);
  while (probe.sent + size / 2 < due) {
    const auto sent = transport.rtc.send_probe(size, probe.cluster.id, now, context_.outputs.datagrams);
    if (sent == 0) break;
    probe.sent += sent;
  }
  if (now - probe.since >= probe.cluster.length) transport.probe.reset();
}

void Room::tell_layers(DownTrack& track) {
  const auto current = track.forwarder().selector().current();
  if (track.source().kind() == wire::MediaKind::audio || current.spatial == track.reported.spatial) return;
  track.reported = current;
  ConsumerLayersChanged event{id_, track.transport().peer, track.id(), {}, {}};
  if (current.spatial >= 0) {
    event.spatial_layer = std::uint8_t(current.spatial);
    event.temporal_layer = std::uint8_t(std::min(current.temporal, track.source().plan().temporal_layers - 1));
  }
  context_.outputs.say(Event(event));
}

// ---- time

void Room::tell_phase(PeerTransport& transport, base::Instant now) {
  const auto phase = transport.rtc.phase(now);
  static constexpr TransportStatus statuses[] = {TransportStatus::connecting, TransportStatus::connected,
                                                 TransportStatus::disconnected, TransportStatus::failed};
  const auto status = statuses[std::size_t(phase)];
  if (status == transport.reported) return;
  transport.reported = status;
  transport.next_allocation = now;  // pictures that waited for the connection are asked for at once
  context_.outputs.say(Event(TransportState{id_, transport.peer, transport.id, status}));
}

// The loudest becomes the speaker when it stays the loudest, so that a cough does not take the stage.
void Room::tell_levels(base::Instant now) {
  if (now < next_levels_) return;
  next_levels_ = now + level_interval;
  AudioLevels event{id_, {}};
  for (const auto& [id, track] : up_tracks_) {
    if (track->kind() != wire::MediaKind::audio) continue;
    const int level = track->take_audio_level();
    if (level < silence && !track->paused) event.levels.push_back({track->peer(), id, -level});
  }
  std::ranges::sort(event.levels, std::greater{}, &AudioLevel::level_db);
  std::optional<PeerId> loudest;
  if (!event.levels.empty() && event.levels.front().level_db > -speech) loudest = event.levels.front().peer;
  speaker_lead_ = loudest == candidate_ ? speaker_lead_ + 1 : 1;
  candidate_ = loudest;
  const bool first = !speaker_ && loudest;
  const int lead = loudest ? lead_to_switch : 5 * lead_to_switch;  // a pause for breath is no silence
  if (candidate_ != speaker_ && (first || speaker_lead_ >= lead)) {
    speaker_ = candidate_;
    context_.outputs.say(Event(ActiveSpeaker{id_, speaker_}));
  }
  if (!event.levels.empty()) context_.outputs.say(Event(std::move(event)));
}

void Room::advance(base::Instant now) {
  for (const auto& [peer_id, peer] : peers_) {
    for (const auto& [id, transport] : peer->transports) {
      if (now >= transport->next_allocation) allocate(*transport, now);
      drain(*transport, now);
      keep_probing(*transport, now);
      transport->rtc.advance(now, context_.outputs.datagrams);
      tell_phase(*transport, now);
    }
  }
  for (const auto& [id, track] : backup_tracks_) retarget_backup(*track, now);
  tell_levels(now);
}

base::Instant Room::next_deadline() const {
  auto deadline = next_levels_;
  for (const auto& [peer_id, peer] : peers_) {
    for (const auto& [id, transport] : peer->transports) {
      deadline = std::min({deadline, transport->next_allocation, transport->rtc.next_deadline()});
      if (!transport->queue.empty() || transport->probe) return base::Instant{};
    }
  }
  return deadline;
}

void Room::add_stats(Stats& stats, bool detailed, base::Instant now) {
  stats.peers += std::uint32_t(peers_.size());
  stats.producers += std::uint32_t(up_tracks_.size());
  stats.consumers += std::uint32_t(down_tracks_.size());
  for (const auto& [id, peer] : peers_) stats.transports += std::uint32_t(peer->transports.size());
  if (!detailed) return;
  for (const auto& [id, peer] : peers_) stats.room_peers.push_back(peer_stats(*peer, now));
}

PeerStats Room::peer_stats(Peer& peer, base::Instant now) {
  PeerStats stats{peer.id, peer.user_id, !peer.transports.empty(), {}, {}, {}, {}};
  for (const auto& [id, transport] : peer.transports) {
    stats.connected &= transport->rtc.phase(now) == rtc::TransportPhase::connected;
    if (transport->direction == Direction::recv) {
      stats.available_outgoing = transport->rtc.bandwidth().estimate();
      if (const auto rtt = transport->rtc.measured_rtt()) stats.rtt_ms = double(rtt->count()) / 1000;
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

ProducerStats Room::producer_stats(UpTrack& track, base::Instant now) {
  ProducerStats stats;
  stats.producer = track.id();
  auto& receiver = *track.transport->rtc.receiver(track.receiver);
  for (std::size_t i = 0; i < receiver.size(); ++i) {
    stats.layers.push_back(track.bitrate(i, now));
    stats.key_frame_requests += receiver.encoding(i).keyframe_requests;
    const auto& stream = receiver.encoding(i).stream;
    if (!stream) continue;
    const auto& counters = stream->counters();
    stats.packets += counters.packets;
    stats.bytes += counters.bytes;
    stats.lost += std::uint64_t(stream->lost());
    stats.recovered += counters.recovered;
    stats.duplicates += counters.duplicates;
    stats.nacks += counters.nacked;
    stats.jitter_ms = std::max(stats.jitter_ms, double(stream->jitter().count()) / 1000);
  }
  return stats;
}

ConsumerStats Room::consumer_stats(DownTrack& track) {
  const auto& c = track.counters;
  const auto current = track.forwarder().selector().current();
  return {track.id(),       track.source().id(),
          c.packets,        c.bytes,
          c.retransmitted,  c.nacked,
          c.not_in_cache,   current.spatial,
          current.temporal, track.transport().rtc.sender(track.sender())->fraction_lost()};
}

}  // namespace greenroom::sfu
