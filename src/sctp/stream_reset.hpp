// Closing of streams by resetting their numbers (RFC 6525), as closing a data channel asks for (RFC 8831 §6.7): our
// outgoing streams on request, the peer's when it asks. Owned by Association. Invariant: one request of ours is under
// way at a time, and is repeated until it is answered.
#pragma once
#include <optional>
#include <set>
#include <vector>

#include "sctp/inbound.hpp"
#include "sctp/outbound.hpp"

namespace greenroom::sctp {

class StreamReset {
 public:
  StreamReset(std::uint32_t own_initial_tsn, std::uint32_t peer_initial_tsn, bool supported)
      : next_request_(own_initial_tsn), expected_request_(peer_initial_tsn), supported_(supported) {}

  bool resetting(StreamId stream) const { return wanted_.contains(stream) || under_way(stream); }
  void want(StreamId stream);
  // A RE-CONFIG chunk. Streams that the peer has reset are added to `reset`.
  void on_chunk(base::ByteView value, Inbound& inbound, Outbound& outbound, std::vector<StreamId>& reset);
  void write(wire::SctpPacketWriter& writer, Outbound& outbound, const Rto& rto, base::Instant now);
  // True when a request has gone unanswered until now.
  bool advance(base::Instant now);
  base::Instant next_deadline() const { return repeat_at_; }

 private:
  static constexpr std::size_t max_streams = 64;  // in one request

  bool under_way(StreamId stream) const;
  void on_request(const wire::SctpOutgoingReset& request, Inbound& inbound, std::vector<StreamId>& reset);
  wire::SctpReconfigResult perform(const wire::SctpOutgoingReset& request, Inbound& inbound,
                                   std::vector<StreamId>& reset);
  void on_response(const wire::SctpReconfigResponse& response, Outbound& outbound);
  void begin_request(Outbound& outbound);

  std::uint32_t next_request_, expected_request_;
  bool supported_;
  std::set<StreamId> wanted_;
  std::vector<StreamId> streams_;  // of the request under way
  std::uint32_t last_tsn_ = 0;
  bool send_ = false;
  base::Instant repeat_at_ = base::Instant::max();
  std::optional<wire::SctpReconfigResponse> answer_;  // to be sent
  std::optional<wire::SctpReconfigResult> last_result_;
};

}  // namespace greenroom::sctp
