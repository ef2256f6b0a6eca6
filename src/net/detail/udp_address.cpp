#include "net/detail/udp_address.hpp"

#include <cstring>

namespace greenroom::net {

socklen_t to_socket_address(const base::Address& address, int family, SocketAddress& out) {
  if (family == AF_INET) {
    out.v4 = {};
    out.v4.sin_family = AF_INET;
    out.v4.sin_port = htons(address.port);
    std::memcpy(&out.v4.sin_addr, address.ip.data() + 12, 4);
    return sizeof out.v4;
  }
  out.v6 = {};
  out.v6.sin6_family = AF_INET6;
  out.v6.sin6_port = htons(address.port);
  std::memcpy(&out.v6.sin6_addr, address.ip.data(), 16);
  return sizeof out.v6;
}

base::Address from_socket_address(const SocketAddress& address) {
  if (address.any.sa_family == AF_INET) {
    std::uint8_t ip[4];
    std::memcpy(ip, &address.v4.sin_addr, 4);
    return base::Address::v4(ip[0], ip[1], ip[2], ip[3], ntohs(address.v4.sin_port));
  }
  base::Address out;
  std::memcpy(out.ip.data(), &address.v6.sin6_addr, 16);
  out.port = ntohs(address.v6.sin6_port);
  return out;
}

}  // namespace greenroom::net
