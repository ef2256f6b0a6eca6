// What goes over an association: messages on numbered streams, each with a payload protocol identifier, sent under a
// reliability. Values. A payload is shared by all that are sent the same message: a forwarded message is kept once,
// however many subscribers wait for it.
#pragma once
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace greenroom::sctp {

struct StreamId {
  std::uint16_t value = 0;
  friend auto operator<=>(const StreamId&, const StreamId&) = default;
};

using Payload = std::shared_ptr<const base::Bytes>;

struct Message {
  StreamId stream;
  std::uint32_t ppid = 0;
  Payload payload;  // never empty: SCTP has no empty messages
};

// RFC 3758: at most one of the two limits. Neither: sent until it arrives.
struct Reliability {
  bool ordered = true;
  std::optional<std::uint16_t> max_retransmits = {};
  std::optional<base::Duration> max_lifetime = {};  // since it was given to be sent
  bool partial() const { return max_retransmits || max_lifetime; }
};

enum class SendResult : std::uint8_t {
  queued,
  full,            // Config::max_buffered
  too_long,        // Config::max_message
  no_such_stream,  // beyond what was agreed on, or being reset
  closed,
};

struct Config {
  std::uint16_t port = 5000;                   // on both sides, as mediasoup has it
  std::uint16_t streams = 1024;                // each way; what browsers use of the 65,535 they declare
  std::size_t max_message = 262'144;           // bytes, each way
  std::size_t max_buffered = 2 * 1024 * 1024;  // bytes given to be sent and not yet acknowledged
  // Twice the longest message: fragments of one message cannot be interleaved with another's, so half of it is always
  // enough for the message under way.
  std::size_t receive_window = 2 * 262'144;
  std::size_t max_packet = 1160;  // crypto::max_application_data
};

}  // namespace greenroom::sctp
