#include "sctp/state_cookie.hpp"

namespace greenroom::sctp {
namespace {
constexpr std::uint32_t mark = 0x47524D31;  // so that another stack's cookie is not taken for ours
}  // namespace

base::Bytes write_cookie(const StateCookie& cookie) {
  base::Bytes bytes(cookie_size);
  base::ByteWriter writer(bytes);
  writer.u32(mark);
  writer.u32(cookie.own_tag);
  writer.u32(cookie.peer_tag);
  writer.u32(cookie.own_tsn);
  writer.u32(cookie.peer_tsn);
  writer.u32(cookie.peer_window);
  writer.u16(cookie.peer_inbound);
  writer.u16(std::uint16_t((cookie.forward_tsn ? 1 : 0) | (cookie.reconfig ? 2 : 0)));
  writer.u32(cookie.tie_own);
  writer.u32(cookie.tie_peer);
  return bytes;
}

std::optional<StateCookie> parse_cookie(base::ByteView bytes) {
  base::ByteReader reader(bytes);
  if (bytes.size() != cookie_size || reader.u32() != mark) return std::nullopt;
  StateCookie cookie;
  cookie.own_tag = reader.u32();
  cookie.peer_tag = reader.u32();
  cookie.own_tsn = reader.u32();
  cookie.peer_tsn = reader.u32();
  cookie.peer_window = reader.u32();
  cookie.peer_inbound = reader.u16();
  const auto flags = reader.u16();
  cookie.forward_tsn = flags & 1;
  cookie.reconfig = flags & 2;
  cookie.tie_own = reader.u32();
  cookie.tie_peer = reader.u32();
  return cookie.own_tag != 0 && cookie.peer_tag != 0 ? std::optional(cookie) : std::nullopt;
}

}  // namespace greenroom::sctp
