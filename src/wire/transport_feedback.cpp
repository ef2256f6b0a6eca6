#include "wire/transport_feedback.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace greenroom::wire {
namespace {

// Draft §3.1.1: a status symbol is also the size of its delta in bytes.
constexpr std::uint8_t not_received = 0, small_delta = 1, large_delta = 2;

constexpr std::size_t fixed_size = 16;  // both SSRCs, base, count, reference time, feedback count
constexpr std::size_t rtcp_header_size = 4;
constexpr std::int64_t reference_unit_us = 64'000;
constexpr std::int64_t tick_us = 250;
constexpr std::size_t max_run = 0x1FFF;
constexpr std::size_t one_bit_symbols = 14, two_bit_symbols = 7;

std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Draft §3.1.3, §3.1.4: a run of one symbol, or a vector of fourteen one-bit or seven two-bit ones.
struct Chunk {
  explicit Chunk(std::uint16_t word) : bits(word) {}
  std::uint16_t bits;
  bool is_run() const { return (bits & 0x8000) == 0; }
  bool is_two_bit() const { return (bits & 0x4000) != 0; }
  std::size_t size() const { return is_run() ? bits & max_run : is_two_bit() ? two_bit_symbols : one_bit_symbols; }
  std::uint8_t symbol(std::size_t i) const {
    if (is_run()) return std::uint8_t(bits >> 13 & 3);
    if (is_two_bit()) return std::uint8_t(bits >> (2 * (two_bit_symbols - 1 - i)) & 3);
    return std::uint8_t(bits >> (one_bit_symbols - 1 - i) & 1);
  }
};

// The bytes of deltas that `count` statuses of a chunk need; nothing for a reserved symbol among them.
std::optional<std::size_t> delta_bytes(const Chunk& chunk, std::size_t count) {
  if (chunk.is_run()) {
    if (chunk.symbol(0) > large_delta) return std::nullopt;
    return count * chunk.symbol(0);
  }
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (chunk.symbol(i) > large_delta) return std::nullopt;
    bytes += chunk.symbol(i);
  }
  return bytes;
}

}  // namespace

std::optional<TransportFeedback> TransportFeedback::parse(base::ByteView body) {
  if (body.size() < fixed_size) return std::nullopt;
  TransportFeedback feedback;
  feedback.body_ = body;
  base::ByteReader reader(body.subspan(fixed_size));
  std::size_t deltas = 0;
  for (std::size_t left = feedback.status_count(); left > 0;) {
    const Chunk chunk(reader.u16());
    const std::size_t count = std::min(chunk.size(), left);
    const auto bytes = delta_bytes(chunk, count);
    if (!reader.ok() || count == 0 || !bytes) return std::nullopt;
    deltas += *bytes;
    left -= count;
  }
  if (feedback.status_count() == 0 || deltas > reader.left()) return std::nullopt;
  feedback.deltas_at_ = fixed_size + reader.position();
  return feedback;
}

base::Duration TransportFeedback::reference_time() const {
  return base::Duration(std::int64_t(base::load_u24(&body_[12])) * reference_unit_us);
}

FeedbackWalk::FeedbackWalk(const TransportFeedback& feedback)
    : body_(feedback.body_),
      chunk_at_(fixed_size),
      delta_at_(feedback.deltas_at_),
      left_(feedback.status_count()),
      sequence_(feedback.base_sequence()) {}

std::uint8_t FeedbackWalk::next_symbol() {
  const Chunk chunk(base::load_u16(&body_[chunk_at_]));
  const std::uint8_t symbol = chunk.symbol(in_chunk_);
  if (++in_chunk_ == chunk.size()) in_chunk_ = 0, chunk_at_ += 2;
  return symbol;
}

bool FeedbackWalk::next(PacketStatus& out) {
  if (left_ == 0) return false;
  --left_;
  const std::uint8_t symbol = next_symbol();
  if (symbol == small_delta) arrival_ += base::Duration(body_[delta_at_] * tick_us);
  if (symbol == large_delta) arrival_ += base::Duration(std::int16_t(base::load_u16(&body_[delta_at_])) * tick_us);
  delta_at_ += symbol;
  out = {sequence_, symbol != not_received, symbol != not_received ? arrival_ : base::Duration(0)};
  sequence_ = sequence_ + 1;
  return true;
}

void TransportFeedbackBuilder::start(ExtSeq first, base::Instant arrival) {
  first_ = first;
  const std::int64_t us = arrival.time_since_epoch().count();
  reference_ = floor_divide(us, reference_unit_us);
  last_ticks_ = 0;
  status_count_ = delta_count_ = delta_bytes_ = 0;
  GREENROOM_ASSERT(add(first, arrival));  // its delta is below one reference unit
}

// The delta is taken between rounded times, so rounding does not add up along the message.
bool TransportFeedbackBuilder::add(ExtSeq sequence, base::Instant arrival) {
  const std::int64_t gap = sequence - next_sequence();
  if (gap < 0 || gap >= std::int64_t(max_feedback_statuses - status_count_)) return false;
  const std::int64_t since_reference = arrival.time_since_epoch().count() - reference_ * reference_unit_us;
  const std::int64_t ticks = floor_divide(since_reference, tick_us);
  const std::int64_t delta = ticks - last_ticks_;
  if (delta < INT16_MIN || delta > INT16_MAX) return false;
  const bool small = delta >= 0 && delta <= 0xFF;
  const std::size_t statuses = status_count_ + std::size_t(gap) + 1;
  const std::size_t bytes = delta_bytes_ + (small ? 1 : 2);
  const std::size_t chunks = (statuses + two_bit_symbols - 1) / two_bit_symbols;
  if (rtcp_header_size + fixed_size + 2 * chunks + bytes + 3 > max_feedback_size) return false;
  std::fill_n(symbols_.begin() + std::ptrdiff_t(status_count_), gap, not_received);
  symbols_[statuses - 1] = small ? small_delta : large_delta;
  deltas_[delta_count_++] = std::int16_t(delta);
  status_count_ = statuses;
  delta_bytes_ = bytes;
  last_ticks_ = ticks;
  return true;
}

// Writes the chunk that covers most symbols from `from` on; returns how many. Never fewer than seven but at the end,
// which the size check of add() relies on.
std::size_t TransportFeedbackBuilder::write_chunk(base::ByteWriter& out, std::size_t from) const {
  const auto begin = symbols_.begin() + std::ptrdiff_t(from);
  const auto end = symbols_.begin() + std::ptrdiff_t(status_count_);
  const std::size_t left = status_count_ - from;
  const auto run = std::size_t(std::find_if(begin, end, [&](std::uint8_t s) { return s != *begin; }) - begin);
  const std::size_t one_bit = std::min(left, one_bit_symbols);
  const bool large = std::find(begin, begin + std::ptrdiff_t(one_bit), large_delta) != begin + std::ptrdiff_t(one_bit);
  const std::size_t vector = std::min(left, large ? two_bit_symbols : one_bit_symbols);
  if (run >= vector) {
    out.u16(std::uint16_t(*begin << 13 | std::min(run, max_run)));
    return std::min(run, max_run);
  }
  std::uint16_t word = large ? 0xC000 : 0x8000;
  for (std::size_t i = 0; i < vector; ++i)
    word = std::uint16_t(word | begin[i] << (large ? 2 * (two_bit_symbols - 1 - i) : one_bit_symbols - 1 - i));
  out.u16(word);
  return vector;
}

void TransportFeedbackBuilder::write(base::ByteWriter& out, Ssrc sender, Ssrc media,
                                     std::uint8_t feedback_count) const {
  GREENROOM_ASSERT(!empty());
  std::array<std::uint8_t, max_feedback_size> buffer;
  base::ByteWriter body(buffer);
  body.u32(sender.value), body.u32(media.value);
  body.u16(first_.seq().value), body.u16(std::uint16_t(status_count_));
  body.u24(std::uint32_t(reference_) & 0xFFFFFF), body.u8(feedback_count);
  for (std::size_t at = 0; at < status_count_;) at += write_chunk(body, at);
  for (std::size_t i = 0, n = 0; i < status_count_; ++i) {
    if (symbols_[i] == small_delta) body.u8(std::uint8_t(deltas_[n++]));
    if (symbols_[i] == large_delta) body.u16(std::uint16_t(deltas_[n++]));
  }
  const std::size_t padding = (4 - body.size() % 4) % 4;
  if (padding > 0) body.zeros(padding - 1), body.u8(std::uint8_t(padding));
  GREENROOM_ASSERT(body.ok());
  out.u8(std::uint8_t(0x80 | (padding > 0 ? 0x20 : 0) | 15)), out.u8(205), out.u16(std::uint16_t(body.size() / 4));
  out.bytes(body.written());
}

}  // namespace greenroom::wire
