// Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1): which packets
// of a transport arrived, and when. A validated view for the sender of media, a builder for its receiver. Any thread.
// Invariant: what parse() accepts holds exactly the statuses and deltas it announces, so walking it cannot fail.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "wire/rtp_types.hpp"

namespace greenroom::wire {

inline constexpr std::size_t max_feedback_statuses = 1024;  // per message that we build
inline constexpr std::size_t max_feedback_size = 1100;  // bytes of a message that we build: fits any path with SRTCP

// One packet of a feedback message. `arrival` counts from TransportFeedback::reference_time().
struct PacketStatus {
  SeqNo sequence;
  bool received = false;
  base::Duration arrival{0};
};

class TransportFeedback {
 public:
  // `body` is the feedback control information with both SSRCs in front, padding removed.
  static std::optional<TransportFeedback> parse(base::ByteView body);

  Ssrc sender() const { return {base::load_u32(&body_[0])}; }
  Ssrc media() const { return {base::load_u32(&body_[4])}; }
  SeqNo base_sequence() const { return {base::load_u16(&body_[8])}; }
  std::size_t status_count() const { return base::load_u16(&body_[10]); }
  // In the receiver's clock, modulo 2^24 * 64 ms (12 days).
  base::Duration reference_time() const;
  std::uint8_t feedback_count() const { return body_[15]; }

  // f(const PacketStatus&) for each packet from base_sequence() on.
  template <class F>
  void for_each(F&& f) const;

 private:
  friend class FeedbackWalk;
  base::ByteView body_;
  std::size_t deltas_at_ = 0;
};

// Walks the statuses of a feedback message; used by for_each().
class FeedbackWalk {
 public:
  explicit FeedbackWalk(const TransportFeedback& feedback);
  bool next(PacketStatus& out);

 private:
  std::uint8_t next_symbol();
  base::ByteView body_;
  std::size_t chunk_at_;
  std::size_t delta_at_;
  std::size_t left_;       // statuses
  unsigned in_chunk_ = 0;  // statuses of the current chunk already given
  SeqNo sequence_;
  base::Duration arrival_{0};
};

// Collects arrivals in order of sequence and writes one message. Keep one per transport and start() it again each time.
class TransportFeedbackBuilder {
 public:
  // `first` is the first packet reported; its arrival sets the reference time.
  void start(ExtSeq first, base::Instant arrival);
  // False, and nothing is added, when the packet does not fit this message (its size, or a time difference
  // beyond ±8.19 s to the packet before it) or its sequence is not beyond the last: write(), start() a new one.
  bool add(ExtSeq sequence, base::Instant arrival);
  bool empty() const { return status_count_ == 0; }
  ExtSeq next_sequence() const { return first_ + std::int64_t(status_count_); }
  // Appends a whole RTCP packet of at most max_feedback_size bytes. Not when empty().
  void write(base::ByteWriter& out, Ssrc sender, Ssrc media, std::uint8_t feedback_count) const;

 private:
  std::size_t write_chunk(base::ByteWriter& out, std::size_t from) const;

  ExtSeq first_;
  std::int64_t reference_ = 0;   // multiples of 64 ms
  std::int64_t last_ticks_ = 0;  // of 250 us since the reference
  std::size_t status_count_ = 0;
  std::size_t delta_count_ = 0;
  std::size_t delta_bytes_ = 0;
  std::array<std::uint8_t, max_feedback_statuses> symbols_;
  std::array<std::int16_t, max_feedback_statuses> deltas_;
};

template <class F>
void TransportFeedback::for_each(F&& f) const {
  FeedbackWalk walk(*this);
  for (PacketStatus status; walk.next(status);) f(std::as_const(status));
}

}  // namespace greenroom::wire
