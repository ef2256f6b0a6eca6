#include "sctp/association.hpp"

#include <algorithm>

#include "sctp/detail/control_chunk.hpp"

namespace greenroom::sctp {
namespace {

using wire::SctpChunkType;

constexpr std::uint16_t user_initiated_abort = 12, protocol_violation = 13;  // §3.3.10
constexpr std::size_t sack_room = 16 + 4 * (wire::sctp_max_gaps + max_duplicates);
constexpr std::uint16_t heartbeat_info = 1;

}  // namespace

// ---- what the owner asks for

void Association::shutdown(base::Instant now) {
  if (state_ == State::cookie_wait || state_ == State::cookie_echoed) return abort();
  if (state_ != State::established) return;
  state_ = State::shutdown_pending;
  continue_shutdown(now);
}

void Association::abort() {
  if (state_ == State::closed) return;
  const bool known = peer_tag_ != 0;
  end("ended here");
  if (known) queue([](auto& writer) { writer.abort(0, user_initiated_abort, {}); });
}

SendResult Association::send(Message message, const Reliability& reliability, base::Instant now) {
  if (state_ > State::established || (state_ == State::closed && started_)) return SendResult::closed;
  if (message.stream.value >= streams_out_ || resetting(message.stream)) return SendResult::no_such_stream;
  if (message.payload->empty() || message.payload->size() > config_.max_message) return SendResult::too_long;
  if (buffered() + message.payload->size() > config_.max_buffered) return SendResult::full;
  outbound_.push(std::move(message), reliability, now);
  return SendResult::queued;
}

std::optional<Message> Association::next_message() { return inbound_ ? inbound_->next() : std::nullopt; }

void Association::reset_stream(StreamId stream) {
  outbound_.discard(stream);
  if (reset_ && stream.value < streams_out_) reset_->want(stream);
}

std::optional<StreamId> Association::next_reset() {
  if (resets_.empty()) return std::nullopt;
  const auto stream = resets_.front();
  resets_.erase(resets_.begin());
  return stream;
}

// ---- packets in

void Association::deliver(base::ByteView bytes, base::Instant now) {
  const auto packet = wire::parse_sctp(bytes);
  if (!packet || packet->header.destination_port != config_.port) return;
  wire::SctpChunkReader chunks(packet->chunks);
  while (const auto chunk = chunks.next()) {
    if (chunk->is(SctpChunkType::init)) {  // alone in its packet, without a tag (§8.5.1)
      if (packet->header.tag == 0) on_init(chunk->value, now);
      break;
    }
    if (chunk->is(SctpChunkType::cookie_echo)) {
      if (!on_cookie_echo(chunk->value, packet->header.tag, now)) break;
      continue;
    }
    if (!tag_fits(*chunk, packet->header.tag)) break;
    on_chunk(*chunk, packet->header.tag, now);
    if (!(chunk->type & 0x80) && chunk->type > std::uint8_t(SctpChunkType::shutdown_complete)) break;  // §3.2
    if (state_ == State::closed) break;
  }
  if (inbound_ && state_ != State::closed) inbound_->packet_ended(now);
  continue_shutdown(now);
}

// §8.5.1: ABORT and SHUTDOWN COMPLETE may bring our own tag back, which the T bit says.
bool Association::tag_fits(const wire::SctpChunk& chunk, std::uint32_t packet_tag) const {
  const bool reflects = chunk.is(SctpChunkType::abort) || chunk.is(SctpChunkType::shutdown_complete);
  if (reflects && (chunk.flags & 1)) return peer_tag_ != 0 && packet_tag == peer_tag_;
  return packet_tag == own_tag_;
}

void Association::on_chunk(const wire::SctpChunk& chunk, std::uint32_t, base::Instant now) {
  const auto type = SctpChunkType(chunk.type);
  if (type == SctpChunkType::init_ack) return on_init_ack(chunk.value, now);
  if (!inbound_ || state_ == State::closed) return;
  switch (type) {
    case SctpChunkType::data:
      return on_data(chunk);
    case SctpChunkType::sack:
      return on_sack(chunk.value, now);
    case SctpChunkType::forward_tsn:
      if (const auto forward = wire::parse_sctp_forward_tsn(chunk.value)) inbound_->on_forward_tsn(*forward);
      return;
    case SctpChunkType::reconfig:
      errors_ = 0;
      return reset_->on_chunk(chunk.value, *inbound_, outbound_, resets_);
    case SctpChunkType::heartbeat:
      return queue([&](auto& writer) { writer.chunk(SctpChunkType::heartbeat_ack, 0, chunk.value); });
    case SctpChunkType::heartbeat_ack:
      return on_heartbeat_ack(chunk.value, now);
    case SctpChunkType::cookie_ack:
      return on_cookie_ack(now);
    case SctpChunkType::abort:
      return end("the peer has aborted");
    case SctpChunkType::shutdown:
      return on_shutdown(chunk.value, now);
    case SctpChunkType::shutdown_ack:
      return on_shutdown_ack(now);
    case SctpChunkType::shutdown_complete:
      if (state_ == State::shutdown_ack_sent) end({});
      return;
    default:
      return;
  }
}

void Association::on_data(const wire::SctpChunk& chunk) {
  if (!acknowledges() && state_ != State::cookie_echoed) return;
  const auto data = wire::parse_sctp_data(chunk);
  if (!data) return violated("a DATA chunk without data");  // §6.2
  if (const auto wrong = inbound_->on_data(*data)) violated(*wrong);
}

void Association::on_sack(base::ByteView value, base::Instant now) {
  const auto sack = wire::parse_sctp_sack(value);
  if (!sack) return;
  // A peer that holds its window shut is alive all the same (§6.1).
  if (outbound_.on_sack(*sack, rto_, now) || sack->window < config_.max_packet) errors_ = 0;
}

void Association::on_heartbeat_ack(base::ByteView value, base::Instant now) {
  base::ByteReader reader(value);
  if (reader.u16() != heartbeat_info || reader.u16() != 12) return;
  const base::Instant sent{base::Duration(std::int64_t(reader.u64()))};
  if (!reader.ok() || !heartbeat_unanswered_ || sent > now || now - sent > heartbeat_interval) return;
  heartbeat_unanswered_ = false;
  errors_ = 0;
  rto_.measured(now - sent);
}

// ---- the end (§9)

void Association::end(std::string_view why) {
  state_ = State::closed;
  failure_ = why;
  outbound_.clear();
  control_.clear();
  handshake_at_ = shutdown_at_ = heartbeat_at_ = base::Instant::max();
}

void Association::violated(std::string_view why) {
  if (state_ == State::closed) return;
  end(why);
  queue([&](auto& writer) { writer.abort(0, protocol_violation, why); });
}

void Association::say_shutdown(base::Instant now) {
  const auto cumulative = std::uint32_t(inbound_->cumulative());
  if (state_ == State::shutdown_sent) queue([&](auto& writer) { writer.shutdown(cumulative); });
  if (state_ == State::shutdown_ack_sent) queue([](auto& writer) { writer.chunk(SctpChunkType::shutdown_ack, 0); });
  shutdown_at_ = now + rto_.value();
}

void Association::continue_shutdown(base::Instant now) {
  if (!outbound_.idle()) return;
  if (state_ == State::shutdown_pending) {
    state_ = State::shutdown_sent;
  } else if (state_ == State::shutdown_received) {
    state_ = State::shutdown_ack_sent;
  } else {
    return;
  }
  say_shutdown(now);
}

void Association::on_shutdown(base::ByteView value, base::Instant now) {
  const auto cumulative = wire::parse_sctp_shutdown(value);
  if (!cumulative) return;
  if (state_ == State::shutdown_sent) {  // both at once (§9.2)
    state_ = State::shutdown_ack_sent;
    return say_shutdown(now);
  }
  if (state_ != State::established && state_ != State::shutdown_pending && state_ != State::shutdown_received) return;
  outbound_.on_cumulative(*cumulative, rto_, now);
  state_ = State::shutdown_received;
  continue_shutdown(now);
}

void Association::on_shutdown_ack(base::Instant) {
  if (state_ != State::shutdown_sent && state_ != State::shutdown_ack_sent) return;
  end({});
  queue([](auto& writer) { writer.chunk(SctpChunkType::shutdown_complete, 0); });
}

// ---- time

void Association::error_counted(base::Instant) {
  if (++errors_ > max_errors) violated("the peer does not answer");
}

void Association::beat(base::Instant now) {
  if (heartbeat_unanswered_) {
    rto_.backoff();
    error_counted(now);
    if (state_ == State::closed) return;
  }
  std::array<std::uint8_t, 12> info;
  base::ByteWriter writer(info);
  writer.u16(heartbeat_info);
  writer.u16(12);
  writer.u64(std::uint64_t(now.time_since_epoch().count()));
  queue([&](auto& packet) { packet.chunk(SctpChunkType::heartbeat, 0, info); });
  heartbeat_unanswered_ = true;
  heartbeat_at_ = now + heartbeat_interval + rto_.value();
}

void Association::advance(base::Instant now) {
  if (handshake_at_ <= now) repeat_handshake(now);
  if (outbound_.next_deadline() <= now) {
    error_counted(now);
    outbound_.on_timeout(rto_, now);
  }
  if (reset_ && carries_data() && reset_->advance(now)) error_counted(now);
  if (shutdown_at_ <= now) {
    rto_.backoff();
    error_counted(now);
    if (state_ != State::closed) say_shutdown(now);
  }
  if (heartbeat_at_ <= now) beat(now);
  continue_shutdown(now);
}

base::Instant Association::next_deadline() const {
  auto deadline = std::min({handshake_at_, shutdown_at_, heartbeat_at_, outbound_.next_deadline()});
  if (acknowledges()) deadline = std::min(deadline, inbound_->next_deadline());
  return carries_data() ? std::min(deadline, reset_->next_deadline()) : deadline;
}

// ---- packets out

bool Association::carries_data() const {
  return state_ == State::established || state_ == State::shutdown_pending || state_ == State::shutdown_received;
}

bool Association::acknowledges() const { return inbound_ && (carries_data() || state_ == State::shutdown_sent); }

void Association::write_control(wire::SctpPacketWriter& writer, std::uint32_t tag) {
  while (!control_.empty() && control_.front().tag == tag && control_.front().chunk.size() <= writer.left()) {
    if (control_.front().alone && !writer.empty()) return;
    const bool alone = control_.front().alone;
    writer.raw(control_.front().chunk);
    control_.pop_front();
    if (alone) return;
  }
}

std::size_t Association::poll_packet(base::ByteSpan out, base::Instant now) {
  const auto tag = control_.empty() ? peer_tag_ : control_.front().tag;
  const bool alone = !control_.empty() && control_.front().alone;
  wire::SctpPacketWriter writer(out.first(std::min(out.size(), config_.max_packet)), {config_.port, config_.port, tag});
  write_control(writer, tag);
  if (!alone && acknowledges() && inbound_->sack_due(now) && writer.left() >= sack_room) {
    inbound_->write_sack(writer);
  }
  if (!alone && carries_data()) {
    reset_->write(writer, outbound_, rto_, now);
    outbound_.write(writer, rto_, now);
  }
  return writer.finish();
}

}  // namespace greenroom::sctp
