// base::Address to and from the kernel's sockaddr, in the family of a socket: an IPv6 socket sees IPv4 peers as
// ::ffff:a.b.c.d, which is how base::Address keeps them anyway.
#pragma once
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/address.hpp"

namespace greenroom::net {

union SocketAddress {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

socklen_t to_socket_address(const base::Address& address, int family, SocketAddress& out);
base::Address from_socket_address(const SocketAddress& address);

}  // namespace greenroom::net
