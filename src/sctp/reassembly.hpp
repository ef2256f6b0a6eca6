// Fragments back into messages, messages of ordered streams back into their order (RFC 9260 §6.5, §6.6, §6.9). Owned by
// Inbound, which tells it every fresh DATA chunk once. Invariant: a piece is a run of consecutive fragments of one
// message; pieces are apart; a message is handed out once.
#pragma once
#include <deque>
#include <map>
#include <optional>
#include <string_view>

#include "sctp/message.hpp"
#include "sctp/tsn.hpp"
#include "wire/sctp.hpp"

namespace greenroom::sctp {

class Reassembly {
 public:
  Reassembly(std::size_t max_message, std::uint16_t streams) : max_message_(max_message), streams_max_(streams) {}

  // `cumulative` as it was before this chunk. Says what the peer did wrong, if it did.
  std::optional<std::string_view> add(const wire::SctpData& data, Tsn tsn, Tsn cumulative);
  // The peer has given up on everything up to `cumulative` (RFC 3758 §3.6).
  void skip(Tsn cumulative, const wire::SctpForwardTsn& forward);
  void reset(StreamId stream);  // its next sequence number is 0 again

  std::optional<Message> next();
  bool has_next() const { return !ready_.empty(); }
  std::size_t held() const { return held_; }  // bytes, with what keeping them costs

 private:
  struct Piece {
    Tsn last = 0;
    bool begins = false, ends = false, unordered = false;
    std::uint16_t stream = 0, ssn = 0;
    std::uint32_t ppid = 0;
    base::Bytes data;
    bool goes_with(const Piece& next) const {
      return stream == next.stream && unordered == next.unordered && (unordered || ssn == next.ssn);
    }
  };
  struct Stream {
    std::uint64_t next_ssn = 0;  // its lower 16 bits are the wire's
    std::map<std::uint64_t, Message> waiting;
  };
  using Pieces = std::map<Tsn, Piece>;

  Pieces::iterator left_of(Tsn tsn);
  void append(Piece& left, Piece&& right);
  void complete(Pieces::iterator piece);
  void deliver(Stream& stream);
  void drop(Pieces::iterator piece);

  std::size_t max_message_;
  std::uint16_t streams_max_;
  Pieces pieces_;  // by their first TSN
  std::map<std::uint16_t, Stream> streams_;
  std::deque<Message> ready_;
  std::size_t held_ = 0;
};

}  // namespace greenroom::sctp
