// The part of Room that shares out each subscriber's bandwidth: which layers its consumers get, and probing for more.
#include <algorithm>

#include "sfu/room.hpp"

namespace greenroom::sfu {
namespace {
constexpr base::Duration allocation_interval = std::chrono::milliseconds(200);
constexpr base::Duration activity_interval = std::chrono::milliseconds(300);  // the levels': both are due at once
constexpr base::Duration drain_interval = std::chrono::milliseconds(5);
constexpr double repair_share = 0.33 / rtc::pacing_factor;        // the bucket multiplies by its factor
constexpr base::Bitrate min_repaired = base::Bitrate::kbps(500);  // the lowest layer is sent whatever the estimate
constexpr base::Bitrate audio_reserve = base::Bitrate::kbps(48);  // an Opus stream with its headers
constexpr std::uint64_t probe_packets = 12;  // about so many in a probe, if they are of a reasonable size (bytes)
constexpr std::uint64_t min_probe_packet = 120, max_probe_packet = 1100;
constexpr int screen_rank = 2, speaker_rank = 1, ranks_per_priority = 4;
}  // namespace

void Room::retarget_audio(DownTrack& track) {
  if (track.source().kind() == wire::MediaKind::audio) track.forwarder().selector().set_target({0, 0});
}

Demand Room::demand_of(DownTrack& track, base::Instant now) const {
  auto& source = track.source();
  Demand demand;
  demand.temporal_layers = source.plan().temporal_layers;
  demand.limit = track.preferred;
  demand.current = track.forwarder().selector().current();
  demand.rank = track.priority * ranks_per_priority + (source.is_screen() ? screen_rank : 0) +
                (favoured_ == source.peer() ? speaker_rank : 0);
  for (std::size_t i = 0; i < source.layers(); ++i) {
    if (source.active(i, now)) demand.rates[i] = std::max(source.bitrate(i, now), base::Bitrate{1});
  }
  return demand;
}

// Fills demands_ and demanding_; what sound leaves of the estimate is the pictures' budget.
base::Bitrate Room::collect_demands(PeerTransport& transport, base::Instant now) {
  demands_.clear();
  demanding_.clear();
  auto budget = transport.rtc.bandwidth().estimate();
  for (auto* track : transport.down_tracks) {
    if (!track || !track->flows()) continue;
    if (track->source().import) wish_for(*track, now);
    if (track->source().kind() == wire::MediaKind::audio) {
      budget = budget - audio_reserve;
      continue;
    }
    demands_.push_back(demand_of(*track, now));
    demands_.back().limit = track->upgrades.limit(demands_.back().limit, now);
    demanding_.push_back(track);
  }
  return budget;
}

void Room::follow_allotment(DownTrack& track, const Demand& demand, Layers allotted, base::Instant now) {
  auto& selector = track.forwarder().selector();
  const auto before = selector.target().spatial;
  const bool could_have_stayed =
      before >= 0 && before <= track.preferred.spatial && demand.rates[std::size_t(before)].bps > 0;
  track.upgrades.given(allotted, could_have_stayed, now);
  // Nothing is known of a producer before its first packets: the lowest layer is as good a wish as any.
  selector.set_target(allotted.spatial < 0 ? Layers{0, 3} : allotted);
  if (track.reachable() && !begin_from_cache(track, now)) {
    request_missing_keyframe(track.source(), track.forwarder(), now);
  }
}

void Room::allocate(PeerTransport& transport, base::Instant now) {
  const auto estimate = transport.rtc.bandwidth().estimate(), budget = collect_demands(transport, now);
  // What is left of the path belongs to pictures; repairs get at most a third of it on top.
  transport.repairs.set_rate(std::max(estimate, min_repaired) * repair_share);
  sfu::allocate(demands_, transport.budget.follow(budget, now), allotted_);
  for (std::size_t i = 0; i < demanding_.size(); ++i) follow_allotment(*demanding_[i], demands_[i], allotted_[i], now);
  probe_for_more(transport, estimate - budget, now);
  transport.queue.give_back_when_empty();
  transport.content = content_with(estimate, estimate - budget, now);
  transport.next_allocation = now + allocation_interval;
  // Who has all that he could wish for is looked at when his reports are due: with hundreds of subscribers the timers
  // are a good part of the cost.
  if (transport.content) transport.next_allocation = std::max(transport.next_allocation, transport.rtc.next_reports());
}

std::optional<PeerTransport::Content> Room::content_with(base::Bitrate estimate, base::Bitrate sound,
                                                         base::Instant now) const {
  const auto all = wanted(demands_) * upgrade_margin + sound;
  const auto waits = [now](DownTrack* track) {  // for a key frame, or until it may try a higher layer again
    const auto& selector = track->forwarder().selector();
    return selector.current().spatial != selector.target().spatial || selector.wants_keyframe() ||
           track->upgrades.limit(track->preferred, now) != track->preferred;
  };
  if (estimate < all || std::ranges::any_of(demanding_, waits)) return std::nullopt;
  return PeerTransport::Content{all, sound};
}

// A report has come.
void Room::review_allocation(PeerTransport& transport, base::Instant now) {
  if (!transport.content) return;
  const auto& bandwidth = transport.rtc.bandwidth();
  transport.budget.follow(bandwidth.estimate() - transport.content->sound, now);
  if (bandwidth.estimate() < transport.content->from || bandwidth.overused()) hurry_allocation(transport, now);
}

// Not at once: the first report of a fall tells too little of how far it goes.
void Room::hurry_allocation(PeerTransport& transport, base::Instant now) {
  transport.content.reset();
  transport.next_allocation = std::min(transport.next_allocation, now + allocation_interval / 2);
  context_.timers.schedule(transport, transport.next_allocation);
}

// What a producer sends no longer, or again.
void Room::look_at_activity(base::Instant now) {
  if (now < next_activity_) return;
  next_activity_ = now + activity_interval;
  for (const auto& [id, track] : up_tracks_) {
    std::uint8_t active = 0;
    for (std::size_t i = 0; i < track->layers(); ++i) active |= std::uint8_t(track->active(i, now) << i);
    if (std::exchange(track->active_before, active) == active) continue;
    for (auto* down : track->down_tracks) hurry_allocation(down->transport(), now);
  }
}

void Room::probe_for_more(PeerTransport& transport, base::Bitrate sound, base::Instant now) {
  auto& bandwidth = transport.rtc.bandwidth();
  if (demands_.empty() || transport.direction != Direction::recv || !transport.rtc.can_send()) return;
  const auto probe = bandwidth.start_probe(wanted(demands_) + sound, now);
  if (!probe) return;
  ++context_.counters.probes;
  transport.probe = PeerTransport::Probe{*probe, now, 0};
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

}  // namespace greenroom::sfu
