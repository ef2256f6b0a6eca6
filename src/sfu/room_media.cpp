// The part of Room that media passes through: packets from up-tracks to down-tracks, feedback the other way, requests
// for key frames. What is decided from time to time is in room_bandwidth.cpp and room_levels.cpp.
#include <algorithm>

#include "base/prefetch.hpp"
#include "sfu/room.hpp"

namespace greenroom::sfu {
namespace {
constexpr base::Duration max_queueing =
    std::chrono::milliseconds(400);  // what waited longer leaves whatever the pacer says
constexpr base::Duration catching_up = std::chrono::milliseconds(250);     // at most, of a newcomer's first pictures
constexpr base::Duration backup_interval = std::chrono::milliseconds(20);  // how often a recorder's layers are chosen

// With hundreds of subscribers the state of each has left the processor's cache when its turn comes again. So it is
// fetched while those before it are served, a step further down at each turn: a step reads what the one before brought.
// The steps of a turn go between its packets, for the processor waits when it is asked for much at once.
class FetchAhead {
 public:
  explicit FetchAhead(std::span<DownTrack* const> subscribers) : subscribers_(subscribers) {}
  void step() {
    if (next_ <= farthest) fetch(next_++);
  }
  void finish() {
    while (next_ <= farthest) step();
  }

 private:
  static constexpr std::size_t steps = rtc::Transport::fetch_steps, farthest = steps + 2;

  void fetch(std::size_t ahead) const {
    if (ahead >= subscribers_.size()) return;
    auto& track = *subscribers_[ahead];
    if (ahead == farthest) return base::prefetch(&track);
    if (ahead == steps + 1) return track.transport().fetch_ahead();
    if (ahead == steps) track.forwarder().rewriter().fetch_ahead();
    track.transport().rtc.fetch_ahead(int(steps - ahead), track.sender());
  }

  const std::span<DownTrack* const> subscribers_;  // from whose turn it is
  std::size_t next_ = 1;                           // turns ahead
};
}  // namespace

// ---- packets

void Room::on_rtp(PeerTransport& transport, const rtc::ReceivedRtp& rtp, base::Instant now) {
  auto& track = *transport.up_tracks[rtp.receiver.value];
  take(track, rtp, now);
  if (!track.exports.empty() && !track.paused) pipe_out(track, rtp, now);
}

void Room::take(UpTrack& track, const rtc::ReceivedRtp& rtp, base::Instant now) {
  const auto* packet = track.store(rtp, now);
  if (!packet) {
    ++context_.counters.dropped_malformed;
    return;
  }
  if (packet->keyframe && track.kind() == wire::MediaKind::video) keyframe_requests(track, rtp.encoding).arrived(now);
  if (track.paused) return;
  // Sound is whole in each packet, padding belongs to nothing, and what was repaired has been waited for.
  const bool ends = packet->marker || rtp.late || packet->size == 0 || track.kind() == wire::MediaKind::audio;
  if (track.fanout.idle()) context_.arrivals.add(track);
  if (!track.fanout.add({packet->seq, rtp.encoding, rtp.late}, ends, now)) ++context_.counters.dropped_overflow;
}

bool Room::forward_round(UpTrack& track, base::Instant now) {
  auto& fanout = track.fanout;
  fanout.begin_round();
  const auto for_each = [&](auto&& offer) {
    for (const auto& arrived : fanout.round()) {
      if (const auto* packet = track.find(arrived.encoding, arrived.seq)) offer(arrived, *packet);
    }
  };
  for (; fanout.turn() < track.down_tracks.size(); fanout.end_turn()) {
    if (context_.outputs.datagrams.has_a_turn()) return false;
    FetchAhead coming(std::span(track.down_tracks).subspan(fanout.turn()));
    auto& down = *track.down_tracks[fanout.turn()];
    if (down.reachable()) {
      for_each([&](const auto& arrived, const CachedPacket& packet) {
        coming.step();
        forward(down, arrived.encoding, packet, arrived.late, now);
      });
    }
    coming.finish();
  }
  for (auto* backup : track.backups) {
    if (track.paused) break;
    for_each([&](const auto& arrived, const CachedPacket& packet) {
      back_up(*backup, arrived.encoding, packet, arrived.late);
    });
  }
  fanout.end_round();
  return true;
}

// A newcomer need not wait for the next key frame, of which there is one a second, while the last one and all since is
// in the cache and leaves through the pacer in a moment. Its pictures are shown one shortly after the other, over the
// time in which they leave, and end at the present: with the times at which they were made, whoever receives them would
// take the first for the present, and show everything so much later from then on.
bool Room::begin_from_cache(DownTrack& track, base::Instant now) {
  auto& selector = track.forwarder().selector();
  auto& source = track.source();
  const auto encoding = selector.wants_keyframe();
  const bool is_new = !track.forwarder().rewriter().last_time();
  if (!encoding || !is_new || source.fanout.under_way()) return false;
  const auto rate = track.transport().rtc.pacer().rate();
  const auto group = source.group_since_keyframe(*encoding, rate.bytes_in(catching_up));
  if (!group) return false;
  const auto all = wire::to_ticks(catching_up, {source.plan().clock_rate});
  const auto step = all * std::int64_t(group->bytes) / std::int64_t(rate.bytes_in(catching_up).value) / group->pictures;
  auto left = group->pictures;
  std::optional<wire::RtpTime> picture;
  for (auto seq = group->first; seq < group->end; seq = seq + 1) {
    const auto& packet = *source.find(*encoding, seq);
    if (picture != packet.time) --left;
    picture = packet.time;
    const auto age = distance(group->last_time, packet.time);
    forward(track, *encoding, packet, false, now, std::max<std::int64_t>(age - step * left, 0));
  }
  return selector.current().spatial >= 0;
}

void Room::forward(DownTrack& track, std::uint8_t encoding, const CachedPacket& packet, bool late, base::Instant now,
                   std::int64_t time_shift) {
  const auto before = track.forwarder().selector().current();
  const auto placement = track.forwarder().offer(track.source(), encoding, packet, late, time_shift);
  if (track.forwarder().selector().current() != before) {
    if (const auto clock = track.forwarder().clock(track.source())) {
      track.transport().rtc.sender(track.sender())->set_clock(*clock);
    }
    tell_layers(track);
  }
  if (!placement || packet.size == 0) return;
  auto& transport = track.transport();
  // Sound is a trickle that must not wait behind pictures.
  const bool at_once = track.source().kind() == wire::MediaKind::audio ||
                       (transport.queue.empty() && transport.rtc.pacer().may_send(now));
  if (at_once) {
    send(track, packet, *placement, false, now);
  } else {
    enqueue(transport, {&track, packet.seq, *placement, now, encoding, false}, now);
  }
  if (late && before.spatial < 0) {
    track.source().for_each_after(encoding, packet.seq,
                                  [&](const CachedPacket& next) { forward(track, encoding, next, false, now); });
  }
}

void Room::enqueue(PeerTransport& transport, const QueuedPacket& packet, base::Instant now) {
  if (!transport.queue.push(packet)) ++context_.counters.dropped_overflow;
  context_.timers.schedule(transport, now + timer_tick);
}

void Room::send(DownTrack& track, const CachedPacket& packet, const Placement& placement, bool retransmission,
                base::Instant now) {
  DownTrack::Patch patch;
  auto out = track.compose(packet, placement, patch);
  out.retransmission = retransmission;
  auto& probe = track.transport().probe;
  out.probe = probe ? probe->cluster.id : 0;
  const auto size = track.transport().rtc.send(track.sender(), out, now, context_.outputs.datagrams);
  if (size == 0) return;
  if (probe) probe->sent += size;
  ++(retransmission ? track.counters.retransmitted : track.counters.packets);
  track.counters.bytes += size;
  ++context_.counters.rtp_forwarded;
  if (retransmission) ++context_.counters.retransmitted;
}

void Room::drain(PeerTransport& transport, base::Instant now) {
  while (!transport.queue.empty()) {
    const auto queued = transport.queue.front();
    if (!transport.rtc.pacer().may_send(now) && now - queued.since < max_queueing) return;
    transport.queue.pop();
    if (!queued.track) continue;
    if (const auto* packet = queued.track->source().find(queued.encoding, queued.seq)) {
      send(*queued.track, *packet, queued.placement, queued.retransmission, now);
    } else {
      ++queued.track->counters.not_in_cache;
    }
  }
}

// ---- feedback

void Room::on_feedback(PeerTransport& transport, const rtc::Reported& reported, base::Instant now) {
  for (const auto& feedback : reported.feedback) {
    if (const auto* nack = std::get_if<rtc::NackFeedback>(&feedback)) {
      auto* track = transport.down_tracks[nack->sender.value];
      if (track) retransmit(*track, std::span(reported.nacked).subspan(nack->first, nack->count), now);
    } else if (const auto* wanted = std::get_if<rtc::KeyframeFeedback>(&feedback)) {
      if (auto* track = transport.down_tracks[wanted->sender.value]) request_lost_keyframe(*track, now);
    } else if (const auto* report = std::get_if<rtc::SenderReportFeedback>(&feedback)) {
      auto* track = transport.up_tracks[report->receiver.value];
      if (!track) continue;
      const auto& stream = transport.rtc.receiver(report->receiver)->encoding(report->encoding).stream;
      relay_clock(*track, report->encoding, *stream->sender_clock(), now);
    }
  }
  review_allocation(transport, now);
}

void Room::retransmit(DownTrack& track, std::span<const wire::SeqNo> lost, base::Instant now) {
  const auto* stream = track.transport().rtc.sender(track.sender());
  for (const auto seq : lost) {
    ++track.counters.nacked, ++context_.counters.nacked;
    const auto origin = track.forwarder().rewriter().origin(seq);
    if (!origin || !stream->plan().rtx_ssrc) {
      ++track.counters.not_in_cache;
      continue;
    }
    // Asked for again while the answer is under way: once is enough.
    if (!track.forwarder().rewriter().may_repeat(seq, now, track.transport().rtc.rtt())) continue;
    if (!track.transport().repairs.may_send(now)) continue;
    track.transport().repairs.sent(max_payload_size);
    enqueue(track.transport(), {&track, origin->seq, origin->placement, now, origin->source, true}, now);
  }
  drain(track.transport(), now);
}

void Room::relay_clock(UpTrack& track, std::uint8_t encoding, const rtc::ReceiveStream::SenderClock& clock,
                       base::Instant now) {
  track.set_clock(encoding, clock);
  for (const auto& to : track.exports) context_.pipes.write(to.to, PipedClock{to.number, encoding, clock});
  for (auto* down : track.down_tracks) {
    if (down->forwarder().selector().encoding() != int(encoding)) continue;
    down->transport().rtc.sender(down->sender())->set_clock(*down->forwarder().clock(track));
  }
  for (auto* backup : track.backups) {
    if (backup->forwarder().selector().encoding() != int(encoding)) continue;
    const auto mapped = *backup->forwarder().clock(track);
    context_.outputs.say(BackupRecord(BackupSenderReport{backup->id(), mapped.ntp.value, mapped.rtp_time.value, now}));
  }
}

// ---- key frames

rtc::KeyframeRequests& Room::keyframe_requests(UpTrack& track, std::size_t encoding) {
  if (track.import) return track.import->keyframes[encoding];
  return track.transport->rtc.receiver(track.receiver)->encoding(encoding).keyframe;
}

void Room::hurry_requests(UpTrack& track, std::uint8_t encoding, base::Instant now) {
  if (track.import) return wish(track, std::uint8_t(1u << encoding), now);
  context_.timers.hurry(*track.transport);
}

void Room::request_keyframe(UpTrack& track, std::uint8_t encoding, base::Instant now) {
  if (track.kind() != wire::MediaKind::video || encoding >= track.encodings()) return;
  keyframe_requests(track, encoding).request();
  hurry_requests(track, encoding, now);
}

// A subscriber has lost its picture.
void Room::request_lost_keyframe(DownTrack& track, base::Instant now) {
  ++track.counters.key_frame_requests;
  const int spatial = track.forwarder().selector().encoding();
  auto& source = track.source();
  if (!track.flows() || spatial < 0 || source.kind() != wire::MediaKind::video) return;
  keyframe_requests(source, std::size_t(spatial)).request(now, track.transport().rtc.rtt());
  hurry_requests(source, std::uint8_t(spatial), now);
}

void Room::request_missing_keyframe(UpTrack& track, const Forwarder& forwarder, base::Instant now) {
  if (const auto encoding = forwarder.selector().wants_keyframe()) request_keyframe(track, *encoding, now);
}

void Room::request_missing_keyframes(UpTrack& track, base::Instant now) {
  if (track.paused) return;
  for (auto* down : track.down_tracks) {
    if (!down->reachable()) continue;
    wish_for(*down, now);
    request_missing_keyframe(track, down->forwarder(), now);
  }
  for (auto* backup : track.backups) request_missing_keyframe(track, backup->forwarder(), now);
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

void Room::advance(PeerTransport& transport, base::Instant now) {
  on_data(transport, now);
  transport.rtc.advance(now, context_.outputs.datagrams);  // before allocate(), which asks when reports are due again
  if (now >= transport.next_allocation) allocate(transport, now);
  drain(transport, now);
  keep_probing(transport, now);
  tell_phase(transport, now);
  const bool busy = !transport.queue.empty() || transport.probe;
  const auto due = std::min(transport.next_allocation, transport.rtc.next_deadline());
  context_.timers.schedule(transport, busy ? now + base::Duration(1) : std::max(due, now + base::Duration(1)));
}

void Room::advance(base::Instant now) {
  for (const auto& [id, track] : backup_tracks_) retarget_backup(*track, now);
  next_backups_ = now + backup_interval;
  tell_levels(now);
  look_at_activity(now);
  look_at_quality(now);
  keep_pipes(now);
}

base::Instant Room::next_deadline() const {
  const auto deadline = std::min({next_levels_, next_activity_, next_quality_, next_pipes_});
  return backup_tracks_.empty() ? deadline : std::min(deadline, next_backups_);
}

}  // namespace greenroom::sfu
