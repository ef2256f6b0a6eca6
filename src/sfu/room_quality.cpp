// The part of Room that judges how well streams get through: once a second, of every stream, in mediasoup's terms. What
// arrives from a producer is judged by what was lost on the way up, what arrives at a consumer by its receiver reports.
#include <algorithm>

#include "sfu/room.hpp"

namespace greenroom::sfu {
namespace {
constexpr base::Duration look_interval = std::chrono::seconds(1);
constexpr base::Duration told_interval = std::chrono::seconds(2);  // between two PeerQuality of one peer

double seconds(base::Duration d) { return double(d.count()) / 1e6; }
}  // namespace

void Room::look_at_quality(base::Instant now) {
  if (now < next_quality_) return;
  next_quality_ = now + look_interval;
  for (const auto& [id, track] : up_tracks_) {
    if (!track->import) look_at(*track, now);
  }
  for (const auto& [id, track] : down_tracks_) look_at(*track);
  for (const auto& [id, peer] : peers_) tell_quality(*peer, now);
}

void Room::look_at(UpTrack& track, base::Instant now) {
  auto& receiver = *track.transport->rtc.receiver(track.receiver);
  UpTrack::Told scores;
  for (std::size_t i = 0; i < receiver.size(); ++i) {
    auto& encoding = receiver.encoding(i);
    if (!encoding.stream) continue;
    const auto lost = std::uint64_t(encoding.stream->lost());
    const auto& counters = encoding.stream->counters();
    if (encoding.quality.look({counters.packets + lost, lost + counters.recovered, counters.recovered})) {
      context_.counters.loss_up.add(encoding.quality.loss());
    }
    context_.counters.key_frame_requests += encoding.keyframe_requests - encoding.keyframe_requests_counted;
    encoding.keyframe_requests_counted = encoding.keyframe_requests;
    if (!track.active(i, now)) continue;
    scores.encodings[i] = std::int8_t(encoding.quality.score());
    scores.score = std::min(scores.score, scores.encodings[i]);
  }
  if (!track.paused) tell_score(track, scores);
}

void Room::tell_score(UpTrack& track, const UpTrack::Told& scores) {
  if (scores.score == track.told.score) return;
  track.told = scores;
  ProducerScore event{id_, track.peer(), track.id(), scores.score, {}};
  for (std::size_t i = 0; i < track.encodings(); ++i) event.encodings.push_back(scores.encodings[i]);
  context_.outputs.say(Event(std::move(event)));
}

void Room::look_at(DownTrack& track) {
  const auto& remote = track.transport().rtc.sender(track.sender())->remote();
  if (remote.reports == track.told.reports) return;
  track.told.reports = remote.reports;
  const auto lost = std::uint64_t(std::max(remote.packets_lost, 0));
  if (track.quality.look({track.counters.packets, lost, track.counters.retransmitted})) {
    context_.counters.loss_down.add(track.quality.loss());
  }
  const auto score = std::int8_t(track.quality.score());
  const auto producer_score = track.source().told.score;
  if (score == track.told.score && producer_score == track.told.producer_score) return;
  track.told.score = score;
  track.told.producer_score = producer_score;
  context_.outputs.say(Event(ConsumerScore{id_, track.transport().peer, track.id(), score, producer_score}));
}

Quality Room::quality_of(const Peer& peer) const {
  Quality quality;
  double loss = 0;
  int consumers = 0;
  for (const auto& [id, transport] : peer.transports) {
    if (const auto rtt = transport->rtc.measured_rtt()) quality.rtt_ms = base::to_fractional_millis(*rtt);
    for (const auto* track : transport->up_tracks) {
      if (!track || track->paused) continue;
      quality.score = std::min<int>(quality.score, track->told.score);
      const auto& receiver = *transport->rtc.receiver(track->receiver);
      for (std::size_t i = 0; i < receiver.size(); ++i) {
        const auto& encoding = receiver.encoding(i);
        if (!encoding.stream) continue;
        quality.loss_up = std::max(quality.loss_up, encoding.quality.loss());
        quality.jitter_ms = std::max(quality.jitter_ms, base::to_fractional_millis(encoding.stream->jitter()));
      }
    }
    for (const auto* track : transport->down_tracks) {
      if (!track || !track->flows()) continue;
      quality.score = std::min<int>(quality.score, track->told.score);
      loss += track->quality.loss();
      ++consumers;
    }
  }
  if (consumers > 0) quality.loss_down = loss / consumers;
  return quality;
}

void Room::tell_quality(Peer& peer, base::Instant now) {
  for (const auto& [id, transport] : peer.transports) {
    if (const auto rtt = transport->rtc.measured_rtt()) context_.counters.rtt.add(seconds(*rtt));
  }
  const auto quality = quality_of(peer);
  if (quality.score == peer.told_score || now - peer.told_at < told_interval) return;
  peer.told_score = quality.score;
  peer.told_at = now;
  context_.outputs.say(Event(PeerQuality{id_, peer.id, quality}));
}

}  // namespace greenroom::sfu
