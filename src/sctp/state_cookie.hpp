// What a side must remember between its INIT ACK and the COOKIE ECHO (RFC 9260 §5.1.3): the peer brings it back. It
// carries no signature: inside DTLS only the peer itself could forge it, and could harm no association but its own.
#pragma once
#include <optional>

#include "base/bytes.hpp"

namespace greenroom::sctp {

inline constexpr std::size_t cookie_size = 40;

struct StateCookie {
  std::uint32_t own_tag = 0, peer_tag = 0;
  std::uint32_t own_tsn = 0, peer_tsn = 0;
  std::uint32_t peer_window = 0;
  std::uint16_t peer_inbound = 0;
  bool forward_tsn = false, reconfig = false;
  std::uint32_t tie_own = 0, tie_peer = 0;  // of the association there was already (§5.2.1)
};

base::Bytes write_cookie(const StateCookie& cookie);
std::optional<StateCookie> parse_cookie(base::ByteView bytes);

}  // namespace greenroom::sctp
