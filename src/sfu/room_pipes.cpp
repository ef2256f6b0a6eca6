// The part of Room that spans shards. What is sent to a branch goes to another through a pipe once, whoever many
// consume it there, and only the encodings that somebody there wants: the importing branch says which, and asks for key
// frames, which join the requests of the exporting branch's own. Packets lost in a full pipe are not repaired; the next
// one says so, and a key frame is asked for. Subscribers' own losses are repaired from their branch's cache.
#include <algorithm>

#include "sfu/room.hpp"

namespace greenroom::sfu {
namespace {
using base::fail;

constexpr base::Duration pipe_interval = std::chrono::milliseconds(100);   // between two states, and two wishes
constexpr base::Duration pipe_round_trip = std::chrono::milliseconds(20);  // generous: a turn of each loop
constexpr base::Duration idle_after = std::chrono::seconds(10);            // nobody wants anything of an import

std::uint8_t bit(std::size_t encoding) { return std::uint8_t(1u << encoding); }

// The encodings that a consumer needs: what it gets, and what it is to get.
std::uint8_t needs(DownTrack& track) {
  if (!track.reachable()) return 0;
  if (track.source().encodings() == 1) return 1;
  const auto& selector = track.forwarder().selector();
  std::uint8_t encodings = 0;
  for (const int spatial : {selector.target().spatial, selector.current().spatial}) {
    if (spatial >= 0) encodings |= bit(std::size_t(spatial));
  }
  return encodings;
}
}  // namespace

void Room::add_pipe(base::Instant now) { next_pipes_ = std::min(next_pipes_, now); }

// ---- commands

Room::Answer Room::handle(JoinBranches& command, base::Instant) {
  branches_ = {command.number, command.home, std::move(command.others)};
  std::erase_if(heard_, [&](const auto& heard) { return std::ranges::count(branches_.others, heard.first) == 0; });
  context_.pipes.rooms[command.number] = this;
  return Done{};
}

Room::Answer Room::handle(ExportProducer& command, base::Instant now) {
  const auto found = up_tracks_.find(command.producer);
  if (found == up_tracks_.end() || found->second->import) {
    return fail(errors::no_such_producer, "there is no such producer in the room");
  }
  auto& track = *found->second;
  track.exports.push_back({command.to, command.number, 0, 0});
  context_.pipes.exports[command.number] = &track;
  add_pipe(now);
  return PipedProducer{track.id(), track.peer(), track.plan(), track.app_data(), track.paused, rates_of(track, now)};
}

Room::Answer Room::handle(ImportProducer& command, base::Instant now) {
  auto& said = command.producer;
  auto track = std::make_unique<UpTrack>(said.producer, said.peer, std::move(said.plan), std::move(said.app_data));
  track->room = this;
  track->paused = said.paused;
  track->import = std::make_unique<PipeImport>();
  track->import->from = command.from;
  track->import->number = command.number;
  track->import->rates = said.rates;
  track->import->told_at = track->import->wished_until = now;
  context_.pipes.imports[command.number] = track.get();
  up_tracks_[said.producer] = std::move(track);
  add_pipe(now);
  return Done{};
}

Room::Answer Room::handle(PauseImport& command, base::Instant now) {
  const auto found = up_tracks_.find(command.producer);
  if (found != up_tracks_.end() && found->second->import) set_producer_paused(*found->second, command.paused, now);
  return Done{};
}

Room::Answer Room::handle(EndImport& command, base::Instant now) {
  const auto found = up_tracks_.find(command.producer);
  if (found != up_tracks_.end() && found->second->import) close_producer(*found->second, now, true);
  return Done{};
}

Room::Answer Room::handle(EndExports& command, base::Instant) {
  for (const auto& [id, track] : up_tracks_) {
    std::erase_if(track->exports, [&](const PipeExport& e) {
      if (e.to != command.to) return false;
      context_.pipes.exports.erase(e.number);
      return true;
    });
  }
  for (const auto& [id, producer] : data_producers_) {
    std::erase_if(producer->exports, [&](const auto& e) { return e.to == command.to; });
  }
  return Done{};
}

void Room::end_pipes(UpTrack& track) {
  for (const auto& e : track.exports) context_.pipes.exports.erase(e.number);
  if (track.import) context_.pipes.imports.erase(track.import->number);
}

Room::Answer Room::handle(ExportData& command, base::Instant) {
  const auto found = data_producers_.find(command.producer);
  if (found == data_producers_.end() || !found->second->transport) {
    return fail(errors::no_such_data_producer, "there is no such data producer in the room");
  }
  auto& producer = *found->second;
  producer.exports.push_back({command.to, command.number});
  return PipedDataProducer{producer.id, producer.peer, producer.parameters, producer.label, producer.protocol};
}

Room::Answer Room::handle(ImportData& command, base::Instant) {
  auto& said = command.producer;
  auto producer = std::make_unique<DataProducer>();
  producer->id = said.producer;
  producer->peer = said.peer;
  producer->parameters = said.parameters;
  producer->label = std::move(said.label);
  producer->protocol = std::move(said.protocol);
  producer->import_number = command.number;
  producer->room = this;
  context_.pipes.data_imports[command.number] = producer.get();
  data_producers_[said.producer] = std::move(producer);
  return Done{};
}

Room::Answer Room::handle(EndDataImport& command, base::Instant) {
  const auto found = data_producers_.find(command.producer);
  if (found != data_producers_.end() && !found->second->transport) {
    close_data_producer(*found->second, DataEnd::producer_closed);
  }
  return Done{};
}

// ---- media

void Room::pipe_out(UpTrack& track, const rtc::ReceivedRtp& rtp, base::Instant now) {
  const auto its = bit(rtp.encoding);
  for (auto& to : track.exports) {
    if (!(to.wanted & its)) continue;
    const PipedPacket piped{to.number, rtp.encoding, rtp.late, (to.torn & its) != 0, rtp.seq, now};
    if (context_.pipes.write(to.to, piped, rtp.packet.packet())) {
      to.torn = std::uint8_t(to.torn & ~its);
      ++context_.counters.piped_out;
    } else {
      to.torn = std::uint8_t(to.torn | its);
      ++context_.counters.dropped_pipe;
    }
  }
}

void Room::on_piped(UpTrack& track, const PipedPacket& piped, base::ByteView bytes, base::Instant now) {
  const auto packet = wire::RtpView::parse(bytes);
  if (!packet || piped.encoding >= track.encodings()) return;
  ++context_.counters.piped_in;
  take(track, {{}, piped.encoding, piped.seq, piped.late, false, *packet}, std::min(piped.arrival, now));
  if (piped.torn) request_keyframe(track, piped.encoding, now);
}

void Room::on_piped(UpTrack& track, const PipedClock& clock, base::Instant now) {
  relay_clock(track, clock.encoding, clock.clock, now);
}

// ---- what is wanted

void Room::wish(UpTrack& track, std::uint8_t encodings, base::Instant now) {
  auto& import = *track.import;
  PipedWish wish{import.number, std::uint8_t(import.wished | encodings), 0};
  for (std::size_t i = 0; i < track.encodings(); ++i) {
    if (import.keyframes[i].due(now)) wish.keyframes |= bit(i);
  }
  if (wish.encodings == import.wished && !wish.keyframes) return;
  for (std::size_t i = 0; i < track.encodings(); ++i) {
    if (wish.encodings & ~import.wished & bit(i)) track.forget_keyframe(i);
  }
  import.wished = wish.encodings;
  context_.pipes.write(import.from, wish);
}

void Room::wish_for(DownTrack& track, base::Instant now) {
  if (!track.source().import) return;
  const auto encodings = needs(track);
  if (encodings & ~track.source().import->wished) wish(track.source(), encodings, now);
}

void Room::on_piped(UpTrack& track, const PipedWish& wish, base::Instant now) {
  const auto to = std::ranges::find(track.exports, wish.track, &PipeExport::number);
  if (to == track.exports.end() || !track.transport) return;
  const auto had = std::exchange(to->wanted, wish.encodings);
  for (std::size_t i = 0; i < track.encodings(); ++i) {
    if (!(wish.keyframes & bit(i))) continue;
    // One that has come meanwhile is on its way, if the other branch was being sent the encoding at all.
    auto& requests = keyframe_requests(track, i);
    had& bit(i) ? requests.request(now, pipe_round_trip) : requests.request();
    context_.timers.hurry(*track.transport);
  }
}

// ---- from time to time

PipedRates Room::rates_of(UpTrack& track, base::Instant now) const {
  PipedRates rates{};
  for (std::size_t i = 0; i < track.layers(); ++i) {
    if (track.active(i, now)) rates[i] = std::max(track.bitrate(i, now), base::Bitrate{1});
  }
  return rates;
}

void Room::tell_state(UpTrack& track, base::Instant now) {
  const auto rates = rates_of(track, now);
  for (const auto& to : track.exports) {
    context_.pipes.write(to.to, PipedState{to.number, rates, track.told.score});
  }
}

void Room::on_piped(UpTrack& track, const PipedState& state, base::Instant now) {
  track.import->rates = state.rates;
  track.import->told_at = now;
  track.told.score = state.score;
}

// Said again and again, so that it heals when a record is lost.
void Room::review_wishes(UpTrack& track, base::Instant now) {
  auto& import = *track.import;
  std::uint8_t encodings = 0;
  for (auto* down : track.down_tracks) encodings |= needs(*down);
  if (encodings) import.wished_until = now;
  for (std::size_t i = 0; i < track.encodings(); ++i) {
    if (import.wished & ~encodings & bit(i)) track.forget_keyframe(i);  // what is cached is soon of the past
  }
  import.wished = encodings;
  PipedWish said{import.number, encodings, 0};
  for (std::size_t i = 0; i < track.encodings(); ++i) {
    if ((encodings & bit(i)) && import.keyframes[i].due(now)) said.keyframes |= bit(i);
  }
  context_.pipes.write(import.from, said);
  if (now - import.wished_until > idle_after && track.fanout.idle()) track.drop_caches();
}

void Room::keep_pipes(base::Instant now) {
  if (now < next_pipes_) return;
  next_pipes_ = base::Instant::max();
  for (const auto& [id, track] : up_tracks_) {
    if (track->exports.empty() && !track->import) continue;
    next_pipes_ = now + pipe_interval;
    track->import ? review_wishes(*track, now) : tell_state(*track, now);
  }
}

}  // namespace greenroom::sfu
