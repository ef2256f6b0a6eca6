// Where a peer of ours is: IP address, port and the protocol it is reached by, as a value. sfu reasons about it, net
// turns it into a sockaddr or finds the TCP connection. Only media is ever spoken of by protocol (ICE, RFC 6544);
// everywhere else it stays what it is by default.
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace greenroom::base {

enum class Protocol : std::uint8_t { udp, tcp };

struct Address {
  std::array<std::uint8_t, 16> ip{};  // IPv4 is kept as ::ffff:a.b.c.d
  std::uint16_t port = 0;
  Protocol protocol = Protocol::udp;

  static Address v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d, std::uint16_t port);
  bool is_v4() const;
  friend auto operator<=>(const Address&, const Address&) = default;
};

std::string ip_to_string(const Address& address);  // "127.0.0.1" or "::1"
std::string to_string(const Address& address);     // "127.0.0.1:4000" or "[::1]:4000"
Result<Address> parse_ip(std::string_view ip, std::uint16_t port);

}  // namespace greenroom::base

template <>
struct std::hash<greenroom::base::Address> {
  std::size_t operator()(const greenroom::base::Address& a) const noexcept {
    std::uint64_t h = 0xcbf29ce484222325ULL ^ a.port ^ (std::uint64_t(a.protocol) << 16);  // FNV-1a
    for (auto b : a.ip) h = (h ^ b) * 0x100000001b3ULL;
    return std::size_t(h);
  }
};
