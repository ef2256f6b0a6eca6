#include "sfu/shard.hpp"

#include <algorithm>
#include <unordered_map>

#include "rtc/capabilities.hpp"
#include "sfu/room.hpp"
#include "wire/rtp.hpp"
#include "wire/stun.hpp"

namespace greenroom::sfu {
namespace {
constexpr std::size_t max_room_id_size = 128;
constexpr std::size_t max_piped_records = 2048;  // of one pipe in a turn: all that its ring holds, about
constexpr std::size_t fetched_together = 8;      // datagrams
constexpr base::Duration piped_copies = std::chrono::milliseconds(20);  // as of a transport's own, see room_data.cpp
}  // namespace

class Shard::State {
 public:
  State(ShardConfig config, const crypto::SecureChannelFactory& channels, base::Rng& rng)
      : config_(std::move(config)), channels_(channels), rng_(rng), capabilities_(rtc::router_capabilities()) {}

  void handle(Command& command, base::Instant now) {
    auto answer = std::visit([&](auto& body) { return route(body, now); }, command.body);
    outputs_.say(Reply{command.request_id, std::move(answer)});
    next_rooms_ = now;
  }
  void deliver(std::span<const base::Datagram> datagrams, base::Instant now);
  void deliver(const base::Address& from, base::ByteSpan datagram, base::Instant now);
  void path_closed(const base::Address& from);
  bool advance(base::Instant now);
  base::Instant next_deadline() const;
  bool poll(Output& output) {
    const auto written = pipes_.take_written();
    if (written) output = PipeWake{*written};
    return written || outputs_.poll(output);
  }
  void attach(PipeEnd end) { pipes_.attach(std::move(end)); }
  void take_piped(base::Instant now);

 private:
  using Answer = Room::Answer;
  Answer route(CreateRoom& command, base::Instant now);
  Answer route(CloseRoom& command, base::Instant now);
  Answer route(GetStats& command, base::Instant now);
  template <class Body>
  Answer route(Body& command, base::Instant now) {
    GREENROOM_TRY(auto* room, find(command.room));
    return room->handle(command, now);
  }
  base::Result<Room*> find(const RoomId& id);

  void fetch_ahead(std::span<const base::Datagram> datagrams) const;
  void on_stun(const base::Address& from, base::ByteView datagram, base::Instant now);
  void on_rtp(PeerTransport& transport, base::ByteSpan datagram, base::Instant now);
  void on_rtcp(PeerTransport& transport, base::ByteSpan datagram, base::Instant now);
  void count(rtc::DropReason reason);
  void take_messages(Pipes::End& end, base::Instant now);
  bool forward(base::Instant now);
  bool keep_time(base::Instant now);

  ShardConfig config_;
  const crypto::SecureChannelFactory& channels_;
  base::Rng& rng_;
  wire::RtpCapabilities capabilities_;
  Outputs outputs_;
  Routes routes_;
  ShardCounters counters_;
  rtc::Reported reported_;
  TimerWheel<PeerTransport> timers_;
  Arrivals arrivals_;
  Pipes pipes_;
  std::unordered_map<RoomId, std::unique_ptr<Room>> rooms_;
  base::Instant next_rooms_{};
  base::Instant next_messages_ = base::Instant::max();  // that wait in pipes for their turn
};

// ---- commands

base::Result<Room*> Shard::State::find(const RoomId& id) {
  const auto found = rooms_.find(id);
  if (found == rooms_.end()) return base::fail(errors::no_such_room, "there is no such room");
  return found->second.get();
}

Shard::State::Answer Shard::State::route(CreateRoom& command, base::Instant) {
  if (command.room.value.empty() || command.room.value.size() > max_room_id_size) {
    return base::fail(errors::bad_room_id, "a room's id has 1 to 128 bytes");
  }
  if (!rooms_.contains(command.room)) {
    if (rooms_.size() >= config_.max_rooms) return base::fail(errors::too_many, "there are too many rooms");
    const ShardContext context{config_, channels_, rng_,      outputs_,      routes_,
                               timers_, arrivals_, counters_, capabilities_, pipes_};
    rooms_.emplace(command.room, std::make_unique<Room>(command.room, context));
  }
  return RoomCreated{capabilities_};
}

Shard::State::Answer Shard::State::route(CloseRoom& command, base::Instant now) {
  GREENROOM_TRY(auto* room, find(command.room));
  room->close(now);
  rooms_.erase(command.room);
  return Done{};
}

Shard::State::Answer Shard::State::route(GetStats& command, base::Instant now) {
  Stats stats;
  stats.rooms = std::uint32_t(rooms_.size());
  if (command.room) GREENROOM_CHECK_OK(find(*command.room));
  for (const auto& [id, room] : rooms_) room->add_stats(stats, command.room == id, now);
  stats.counters = counters_;
  stats.counters.datagrams_out = outputs_.datagrams.datagrams();
  stats.counters.bytes_out = outputs_.datagrams.bytes();
  stats.counters.dropped_overflow += outputs_.datagrams.overflows();
  return stats;
}

// ---- datagrams

void Shard::State::count(rtc::DropReason reason) {
  switch (reason) {
    case rtc::DropReason::none:
      break;
    case rtc::DropReason::unknown:
      ++counters_.dropped_unknown;
      break;
    case rtc::DropReason::malformed:
      ++counters_.dropped_malformed;
      break;
    case rtc::DropReason::forged:
      ++counters_.dropped_forged;
      break;
    case rtc::DropReason::unexpected:
      ++counters_.dropped_unexpected;
      break;
  }
}

void Shard::State::deliver(std::span<const base::Datagram> datagrams, base::Instant now) {
  while (!datagrams.empty()) {
    const auto some = datagrams.first(std::min(fetched_together, datagrams.size()));
    if (some.size() > 1) fetch_ahead(some);
    for (const auto& datagram : some) deliver(datagram.from, datagram.bytes, now);
    datagrams = datagrams.subspan(some.size());
  }
}

// Reports come from hundreds of subscribers, each of whose state has left the processor's cache since its last one: it
// is fetched for some together, a step further down for all of them each time.
void Shard::State::fetch_ahead(std::span<const base::Datagram> datagrams) const {
  std::array<const PeerTransport*, fetched_together> reporting;
  std::size_t count = 0;
  for (const auto& datagram : datagrams) routes_.fetch_ahead(datagram.from);
  for (const auto& datagram : datagrams) {
    if (wire::classify(datagram.bytes) != wire::DatagramKind::rtcp) continue;
    const auto* transport = routes_.by_address(datagram.from);
    if (!transport) continue;
    transport->fetch_ahead();
    reporting[count++] = transport;
  }
  for (int step = 0; step < rtc::Transport::fetch_report_steps; ++step) {
    for (const auto* transport : std::span(reporting).first(count)) transport->rtc.fetch_report_ahead(step);
  }
}

void Shard::State::deliver(const base::Address& from, base::ByteSpan datagram, base::Instant now) {
  ++counters_.datagrams_in;
  counters_.bytes_in += datagram.size();
  const auto kind = wire::classify(datagram);
  if (kind == wire::DatagramKind::stun) return on_stun(from, datagram, now);
  auto* transport = routes_.by_address(from);
  if (!transport || kind == wire::DatagramKind::unknown) return count(rtc::DropReason::unknown);
  if (kind == wire::DatagramKind::dtls) {
    ++counters_.dtls_in;
    timers_.hurry(*transport);
    count(transport->rtc.handle_dtls(datagram, now, outputs_.datagrams).drop);
    transport->room.on_data(*transport, now);
  } else if (kind == wire::DatagramKind::rtcp) {
    on_rtcp(*transport, datagram, now);
  } else {
    on_rtp(*transport, datagram, now);
  }
}

void Shard::State::on_stun(const base::Address& from, base::ByteView datagram, base::Instant now) {
  ++counters_.stun_in;
  const auto message = wire::StunMessage::parse(datagram);
  if (!message) return count(rtc::DropReason::malformed);
  auto* transport = routes_.by_fragment(rtc::local_fragment(message->username));
  if (!transport) return count(rtc::DropReason::unknown);
  const auto answer = transport->rtc.handle_stun(from, *message, now, outputs_.datagrams);
  count(answer.drop);
  if (answer.learned) routes_.add(*answer.learned, transport);
  if (answer.forgotten) routes_.remove(*answer.forgotten, transport);
  if (const auto retired = transport->rtc.ice().take_retired()) routes_.remove_fragment(*retired);
  if (answer.learned || transport->reported != TransportStatus::connected) timers_.hurry(*transport);
}

void Shard::State::path_closed(const base::Address& from) {
  auto* transport = routes_.by_address(from);
  if (!transport) return;
  routes_.remove(from, transport);
  transport->rtc.ice().forget(from);
  timers_.hurry(*transport);
}

void Shard::State::on_rtp(PeerTransport& transport, base::ByteSpan datagram, base::Instant now) {
  ++counters_.rtp_in;
  const auto input = transport.rtc.handle_rtp(datagram, now);
  count(input.drop);
  if (input.rtp) transport.room.on_rtp(transport, *input.rtp, now);
  timers_.schedule(transport, std::max(transport.rtc.next_deadline(), now + timer_tick));  // repairs and reports
}

void Shard::State::on_rtcp(PeerTransport& transport, base::ByteSpan datagram, base::Instant now) {
  ++counters_.rtcp_in;
  count(transport.rtc.handle_rtcp(datagram, now, reported_));
  transport.room.on_feedback(transport, reported_, now);
}

// ---- what other shards have written

namespace {
template <class T>
T* at_number(const std::unordered_map<PipeNumber, T*>& table, PipeNumber number) {
  const auto found = table.find(number);
  return found == table.end() ? nullptr : found->second;
}

// Whom a record is for; the tables are of what lives.
struct PipeReader {
  Pipes& pipes;
  ShardIndex from;
  base::Instant now;

  void operator()(const PipedPacket& piped, base::ByteView packet) const {
    if (auto* track = at_number(pipes.imports, piped.track)) track->room->on_piped(*track, piped, packet, now);
  }
  void operator()(const PipedClock& clock, base::ByteView) const {
    if (auto* track = at_number(pipes.imports, clock.track)) track->room->on_piped(*track, clock, now);
  }
  void operator()(const PipedState& state, base::ByteView) const {
    if (auto* track = at_number(pipes.imports, state.track)) track->room->on_piped(*track, state, now);
  }
  void operator()(const PipedWish& wish, base::ByteView) const {
    if (auto* track = at_number(pipes.exports, wish.track)) track->room->on_piped(*track, wish, now);
  }
  void operator()(const PipedLevels& levels, base::ByteView list) const {
    if (auto* room = at_number(pipes.rooms, levels.room)) room->on_piped_levels(from, list, now);
  }
  void operator()(const PipedSpeaker& speaker, base::ByteView) const {
    if (auto* room = at_number(pipes.rooms, speaker.room)) room->on_piped(speaker);
  }
};
}  // namespace

// All that is there and a little more: who writes meanwhile is not to keep this thread from its own.
void Shard::State::take_piped(base::Instant now) {
  next_messages_ = base::Instant::max();
  pipes_.for_each_end([&](Pipes::End& end) {
    const PipeReader reader{pipes_, end.pipe.other, now};
    for (std::size_t i = 0; i < max_piped_records && end.pipe.in->read(reader); ++i) continue;
    take_messages(end, now);
  });
}

void Shard::State::take_messages(Pipes::End& end, base::Instant now) {
  end.copies_until = std::max(end.copies_until, now);
  while (end.copies_until < now + piped_copies) {
    const auto message = end.pipe.in->messages.pop();
    if (!message) return;
    auto* producer = at_number(pipes_.data_imports, message->track);
    if (!producer) continue;
    end.copies_until += Room::cost_of_repeating(*producer);
    producer->room->repeat(*producer, {{}, message->ppid, message->payload}, now);
  }
  next_messages_ = now + timer_tick;
}

// ---- time

// What is due comes first: it is little, and must not starve when there is more to forward than time.
bool Shard::State::advance(base::Instant now) { return keep_time(now) || forward(now); }

bool Shard::State::keep_time(base::Instant now) {
  if (now >= next_rooms_) {
    next_rooms_ = base::Instant::max();
    for (const auto& [id, room] : rooms_) {
      room->advance(now);
      next_rooms_ = std::min(next_rooms_, room->next_deadline());
    }
  }
  while (!outputs_.datagrams.has_a_turn()) {
    auto* transport = timers_.pop(now);
    if (!transport) return false;
    transport->room.advance(*transport, now);
  }
  return true;
}

bool Shard::State::forward(base::Instant now) {
  while (auto* track = arrivals_.take(now)) {
    const bool finished = track->room->forward_round(*track, now);
    arrivals_.settle(*track);
    if (!finished) return true;
  }
  return false;
}

base::Instant Shard::State::next_deadline() const {
  return std::min({timers_.next_deadline(), arrivals_.next_deadline(), next_messages_,
                   rooms_.empty() ? base::Instant::max() : next_rooms_});
}

Shard::Shard(ShardConfig config, const crypto::SecureChannelFactory& channels, base::Rng& rng)
    : state_(std::make_unique<State>(std::move(config), channels, rng)) {}
Shard::~Shard() = default;
void Shard::handle(Command command, base::Instant now) { state_->handle(command, now); }
void Shard::deliver(std::span<const base::Datagram> datagrams, base::Instant now) { state_->deliver(datagrams, now); }
void Shard::deliver(const base::Address& from, base::ByteSpan datagram, base::Instant now) {
  state_->deliver(from, datagram, now);
}
void Shard::path_closed(const base::Address& from, base::Instant) { state_->path_closed(from); }
void Shard::attach(PipeEnd end) { state_->attach(std::move(end)); }
void Shard::take_piped(base::Instant now) { state_->take_piped(now); }
bool Shard::advance(base::Instant now) { return state_->advance(now); }
base::Instant Shard::next_deadline() const { return state_->next_deadline(); }
bool Shard::poll(Output& output) { return state_->poll(output); }

}  // namespace greenroom::sfu
