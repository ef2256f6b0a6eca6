// The sending half of an association: messages cut into DATA chunks, what of them is in flight, lost or given up
// (RFC 9260 §6.1–§6.3, §7.2; RFC 3758 §3.5), and the T3 timer. Owned by Association. Invariant: outstanding_ holds the
// chunks after the peer's cumulative TSN in order, each TSN once; in_flight_ and lost_ count those in these states.
#pragma once
#include <deque>
#include <vector>

#include "sctp/congestion.hpp"
#include "sctp/rto.hpp"
#include "sctp/stream_queues.hpp"
#include "sctp/tsn.hpp"
#include "wire/sctp.hpp"

namespace greenroom::sctp {

class Outbound {
 public:
  Outbound(std::uint32_t initial_tsn, const Config& config);

  // What the handshake agreed on; before it messages only queue up.
  void start(std::uint32_t peer_window, bool forward_tsn);
  void push(Message message, const Reliability& reliability, base::Instant now);
  void discard(StreamId stream) { queues_.discard(stream); }
  void restart(StreamId stream) { queues_.restart(stream); }
  void clear();

  // True when it acknowledged anything new.
  bool on_sack(const wire::SctpSack& sack, Rto& rto, base::Instant now);
  bool on_cumulative(std::uint32_t tsn, Rto& rto, base::Instant now);  // a SHUTDOWN's
  // T3 (§6.3.3). The caller counts the error.
  void on_timeout(Rto& rto, base::Instant now);
  // FORWARD TSN, retransmissions, then new DATA, as far as there is room and the windows allow.
  void write(wire::SctpPacketWriter& writer, const Rto& rto, base::Instant now);

  base::Instant next_deadline() const { return t3_; }
  bool idle() const { return outstanding_.empty() && queues_.empty(); }
  bool waiting(StreamId stream) const { return queues_.waiting(stream); }  // not wholly in fragments yet
  std::size_t buffered() const { return queues_.bytes() + outstanding_bytes_; }
  std::size_t buffered(StreamId stream) const { return queues_.bytes(stream); }
  Tsn last_tsn() const { return cumulative_ + outstanding_.size(); }
  std::size_t congestion_window() const { return congestion_.bytes(); }

 private:
  enum class Fate : std::uint8_t { in_flight, lost, acknowledged, abandoned };
  struct Chunk {
    std::shared_ptr<OutMessage> message;
    std::uint32_t offset = 0;
    std::uint16_t size = 0;
    std::uint16_t transmissions = 0;
    std::uint8_t misses = 0;
    bool end = false, fast_retransmitted = false;
    Fate fate = Fate::in_flight;
    base::Instant sent{};
  };
  struct Acknowledged {
    std::size_t bytes = 0;
    std::size_t highest = 0;  // index after the highest newly acknowledged by a gap block
    base::Instant sampled = base::Instant::min();
  };

  void acknowledge(Chunk& chunk, Acknowledged& seen);
  void set(Chunk& chunk, Fate fate);
  bool pop_until(Tsn cumulative, Acknowledged& seen);
  void take_gaps(const wire::SctpSack& sack, Acknowledged& seen);
  void count_misses(std::size_t before, base::Instant now);
  void give_up(const std::shared_ptr<OutMessage>& message);
  bool give_up_if_due(const Chunk& chunk, base::Instant now);
  void advance_abandoned();
  void restart_timer(const Rto& rto, base::Instant now);
  void write_forward_tsn(wire::SctpPacketWriter& writer);
  void write_lost(wire::SctpPacketWriter& writer, base::Instant now);
  void write_fresh(wire::SctpPacketWriter& writer, const Rto& rto, base::Instant now);
  void write_chunk(wire::SctpPacketWriter& writer, std::size_t index, base::Instant now);

  std::size_t max_payload_;
  StreamQueues queues_;
  std::deque<Chunk> outstanding_;  // [0] has TSN cumulative_ + 1
  Tsn cumulative_;
  Tsn abandoned_to_;  // RFC 3758's Advanced.Peer.Ack.Point
  Tsn recovery_exit_ = 0;
  CongestionWindow congestion_;
  std::size_t peer_window_ = 0, in_flight_ = 0, outstanding_bytes_ = 0;
  std::size_t lost_ = 0;  // chunks
  bool started_ = false, forward_tsn_ = false, forward_due_ = false, fast_retransmit_ = false;
  base::Instant t3_ = base::Instant::max(), last_sent_ = base::Instant::min();
};

}  // namespace greenroom::sctp
