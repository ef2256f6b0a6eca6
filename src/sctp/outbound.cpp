#include "sctp/outbound.hpp"

#include <algorithm>

namespace greenroom::sctp {
namespace {
constexpr std::uint8_t misses_of_a_loss = 3;     // RFC 9260 §7.2.4
constexpr std::size_t max_skipped_streams = 64;  // in one FORWARD TSN: 260 bytes
constexpr std::size_t smallest_fragment = 256;   // a rest of a packet below it is left empty
}  // namespace

Outbound::Outbound(std::uint32_t initial_tsn, const Config& config)
    : max_payload_((config.max_packet - wire::sctp_header_size - wire::sctp_data_header_size) & ~std::size_t(3)),
      cumulative_(first_tsn(initial_tsn) - 1),
      abandoned_to_(cumulative_),
      congestion_(config.max_packet, config.max_buffered) {}

void Outbound::start(std::uint32_t peer_window, bool forward_tsn) {
  started_ = true;
  peer_window_ = peer_window;
  forward_tsn_ = forward_tsn;
}

void Outbound::push(Message message, const Reliability& reliability, base::Instant now) {
  auto out = std::make_shared<OutMessage>();
  out->stream = message.stream;
  out->ppid = message.ppid;
  out->payload = std::move(message.payload);
  out->ordered = reliability.ordered;
  out->max_retransmits = reliability.max_retransmits;
  if (reliability.max_lifetime) out->expires = now + *reliability.max_lifetime;
  queues_.push(std::move(out));
}

void Outbound::clear() {
  queues_.clear();
  outstanding_.clear();
  in_flight_ = outstanding_bytes_ = lost_ = 0;
  t3_ = base::Instant::max();
}

// ---- acknowledgements

void Outbound::set(Chunk& chunk, Fate fate) {
  if (chunk.fate == Fate::in_flight) in_flight_ -= chunk.size;
  if (chunk.fate == Fate::lost) --lost_;
  if (fate == Fate::in_flight) in_flight_ += chunk.size;
  if (fate == Fate::lost) ++lost_;
  chunk.fate = fate;
}

void Outbound::acknowledge(Chunk& chunk, Acknowledged& seen) {
  if (chunk.fate == Fate::acknowledged || chunk.fate == Fate::abandoned) return;
  seen.bytes += chunk.size;
  // Karn: what was sent twice says nothing about the round trip.
  if (chunk.transmissions == 1) seen.sampled = std::max(seen.sampled, chunk.sent);
  set(chunk, Fate::acknowledged);
}

bool Outbound::pop_until(Tsn cumulative, Acknowledged& seen) {
  const bool moved = cumulative > cumulative_;
  while (cumulative_ < cumulative) {
    auto& chunk = outstanding_.front();
    acknowledge(chunk, seen);
    outstanding_bytes_ -= chunk.size;
    outstanding_.pop_front();
    ++cumulative_;
  }
  abandoned_to_ = std::max(abandoned_to_, cumulative_);
  return moved;
}

// A block acknowledges; a chunk that a block no longer covers has been thrown away by the receiver (§6.2.1 iv).
void Outbound::take_gaps(const wire::SctpSack& sack, Acknowledged& seen) {
  const auto renege = [&](std::size_t from, std::size_t to) {
    for (auto i = from; i < to; ++i) {
      if (outstanding_[i].fate == Fate::acknowledged) set(outstanding_[i], Fate::in_flight);
    }
  };
  std::size_t at = 0;
  for (std::size_t b = 0; b < sack.gap_count(); ++b) {
    const auto gap = sack.gap(b);
    const std::size_t first = std::size_t(gap.start) - 1;
    const std::size_t last = std::min<std::size_t>(gap.end, outstanding_.size());  // index after it
    if (gap.start == 0 || first < at || first >= last) break;
    renege(at, first);
    for (at = first; at < last; ++at) {
      if (outstanding_[at].fate == Fate::in_flight || outstanding_[at].fate == Fate::lost) seen.highest = at + 1;
      acknowledge(outstanding_[at], seen);
    }
  }
  renege(at, outstanding_.size());
}

// §7.2.4: a chunk that three SACKs passed over is lost.
void Outbound::count_misses(std::size_t before, base::Instant now) {
  bool any_lost = false;
  for (std::size_t i = 0; i < before; ++i) {
    auto& chunk = outstanding_[i];
    if (chunk.fate != Fate::in_flight || chunk.fast_retransmitted || ++chunk.misses < misses_of_a_loss) continue;
    if (give_up_if_due(chunk, now)) continue;
    chunk.fast_retransmitted = true;
    set(chunk, Fate::lost);
    any_lost = true;
  }
  if (!any_lost || congestion_.recovering()) return;
  congestion_.lost();
  recovery_exit_ = last_tsn();
  fast_retransmit_ = true;
}

bool Outbound::on_sack(const wire::SctpSack& sack, Rto& rto, base::Instant now) {
  const auto cumulative = extend(sack.cumulative_tsn, cumulative_);
  if (cumulative < cumulative_ || cumulative > last_tsn()) return false;  // older than the last one, or nonsense
  const auto in_flight_before = in_flight_;
  Acknowledged seen;
  const bool moved = pop_until(cumulative, seen);
  take_gaps(sack, seen);
  if (seen.sampled != base::Instant::min()) rto.measured(now - seen.sampled);
  if (congestion_.recovering() && cumulative_ >= recovery_exit_) congestion_.recovered();
  count_misses(seen.highest, now);
  if (moved) congestion_.acked(seen.bytes, in_flight_before);
  peer_window_ = sack.window - std::min<std::size_t>(sack.window, in_flight_);
  advance_abandoned();
  forward_due_ = abandoned_to_ > cumulative_;  // RFC 3758 §3.5, C3: until the peer has understood
  if (outstanding_.empty()) {
    t3_ = base::Instant::max();
  } else if (moved || t3_ == base::Instant::max()) {
    restart_timer(rto, now);
  }
  return moved || seen.bytes > 0;
}

bool Outbound::on_cumulative(std::uint32_t tsn, Rto& rto, base::Instant now) {
  const auto cumulative = extend(tsn, cumulative_);
  if (cumulative < cumulative_ || cumulative > last_tsn()) return false;
  Acknowledged seen;
  const bool moved = pop_until(cumulative, seen);
  advance_abandoned();
  outstanding_.empty() ? void(t3_ = base::Instant::max()) : restart_timer(rto, now);
  return moved;
}

// ---- loss and giving up

void Outbound::give_up(const std::shared_ptr<OutMessage>& lost) {
  const auto message = lost;  // by value: a chunk of outstanding_ may be where it came from
  message->abandoned = true;
  for (auto& chunk : outstanding_) {
    if (chunk.message == message) set(chunk, Fate::abandoned);
  }
  if (message->left() > 0) queues_.finish();  // begun and not all cut: it is the front one
}

// RFC 3758 §3.5, A1: decided when a chunk is to be sent again.
bool Outbound::give_up_if_due(const Chunk& chunk, base::Instant now) {
  const auto& message = *chunk.message;
  const bool worn = message.max_retransmits && chunk.transmissions > *message.max_retransmits;
  if (!forward_tsn_ || (!worn && message.expires > now)) return false;
  give_up(chunk.message);
  return true;
}

void Outbound::advance_abandoned() {
  const auto before = abandoned_to_;
  while (abandoned_to_ < last_tsn() && outstanding_[abandoned_to_ - cumulative_].fate == Fate::abandoned) {
    ++abandoned_to_;
  }
  if (abandoned_to_ > before) forward_due_ = true;
}

void Outbound::on_timeout(Rto& rto, base::Instant now) {
  t3_ = base::Instant::max();
  if (outstanding_.empty()) return;
  congestion_.timed_out();
  fast_retransmit_ = false;
  rto.backoff();
  for (auto& chunk : outstanding_) {
    if (chunk.fate != Fate::in_flight || give_up_if_due(chunk, now)) continue;
    set(chunk, Fate::lost);
    chunk.misses = 0;
    chunk.fast_retransmitted = false;
  }
  advance_abandoned();
  forward_due_ = abandoned_to_ > cumulative_;  // §3.5, F5
  restart_timer(rto, now);
}

void Outbound::restart_timer(const Rto& rto, base::Instant now) { t3_ = now + rto.value(); }

// ---- sending

void Outbound::write(wire::SctpPacketWriter& writer, const Rto& rto, base::Instant now) {
  if (!started_) return;
  const auto before = writer.left();
  if (forward_due_) write_forward_tsn(writer);
  if (lost_ > 0) write_lost(writer, now);
  if (lost_ == 0) write_fresh(writer, rto, now);
  if (writer.left() < before && t3_ == base::Instant::max()) restart_timer(rto, now);
}

// What is skipped, and in which ordered streams how far (RFC 3758 §3.2). With more streams than one chunk holds, the
// rest is skipped by the next one.
void Outbound::write_forward_tsn(wire::SctpPacketWriter& writer) {
  if (writer.left() < sizeof(std::uint32_t) * (2 + max_skipped_streams)) return;
  std::vector<wire::SctpSkipped> skipped;
  Tsn to = cumulative_;
  for (; to < abandoned_to_; ++to) {
    const auto& message = *outstanding_[to - cumulative_].message;
    if (!message.ordered) continue;
    const auto known = std::ranges::find_if(skipped, [&](const auto& s) { return s.stream == message.stream.value; });
    if (known != skipped.end()) {
      known->ssn = message.ssn;
    } else if (skipped.size() == max_skipped_streams) {
      break;
    } else {
      skipped.push_back({message.stream.value, message.ssn});
    }
  }
  writer.forward_tsn(std::uint32_t(to), skipped);
  forward_due_ = false;
}

void Outbound::write_chunk(wire::SctpPacketWriter& writer, std::size_t index, base::Instant now) {
  auto& chunk = outstanding_[index];
  const auto& message = *chunk.message;
  ++chunk.transmissions;
  chunk.sent = last_sent_ = now;
  writer.data({.unordered = !message.ordered,
               .begin = chunk.offset == 0,
               .end = chunk.end,
               .tsn = std::uint32_t(cumulative_ + 1 + index),
               .stream = message.stream.value,
               .ssn = message.ssn,
               .ppid = message.ppid,
               .payload = base::ByteView(*message.payload).subspan(chunk.offset, chunk.size)});
}

// §7.2.4: the first packet of a fast retransmission goes out whatever the window says.
void Outbound::write_lost(wire::SctpPacketWriter& writer, base::Instant now) {
  for (std::size_t i = 0; i < outstanding_.size() && lost_ > 0; ++i) {
    auto& chunk = outstanding_[i];
    if (chunk.fate != Fate::lost || give_up_if_due(chunk, now)) continue;
    const bool fits = writer.left() >= wire::sctp_data_header_size + ((chunk.size + 3U) & ~3U);
    if (!fits || (!fast_retransmit_ && in_flight_ >= congestion_.bytes())) break;
    set(chunk, Fate::in_flight);
    chunk.misses = 0;
    if (i == 0) t3_ = base::Instant::max();  // §6.3.2 R3: the earliest one is under way again
    write_chunk(writer, i, now);
  }
  fast_retransmit_ = false;
  advance_abandoned();
}

void Outbound::write_fresh(wire::SctpPacketWriter& writer, const Rto& rto, base::Instant now) {
  if (in_flight_ == 0 && last_sent_ != base::Instant::min() && now - last_sent_ > rto.value()) congestion_.idle();
  while (in_flight_ < congestion_.bytes()) {
    const auto message = queues_.front(now);
    if (!message) return;
    if (message->cut > 0 && message->expires <= now && forward_tsn_) {
      give_up(message);
      advance_abandoned();
      continue;
    }
    if (writer.left() <= wire::sctp_data_header_size) return;
    const auto room = std::min((writer.left() - wire::sctp_data_header_size) & ~std::size_t(3), max_payload_);
    const auto size = std::min(message->left(), room);
    if (size == 0 || (size < message->left() && size < smallest_fragment)) return;
    if (size > peer_window_ && in_flight_ > 0) return;  // §6.1 A: one chunk may always be under way
    if (message->cut == 0) queues_.begin(*message);
    Chunk chunk{message, std::uint32_t(message->cut), std::uint16_t(size)};
    queues_.cut(*message, size);
    chunk.end = message->left() == 0;
    if (chunk.end) queues_.finish();
    outstanding_.push_back(std::move(chunk));
    in_flight_ += size;
    outstanding_bytes_ += size;
    peer_window_ -= std::min(peer_window_, size);
    write_chunk(writer, outstanding_.size() - 1, now);
  }
}

}  // namespace greenroom::sctp
