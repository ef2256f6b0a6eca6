// The addresses of this machine, for ICE candidates where none were configured.
#pragma once
#include <vector>

#include "base/address.hpp"

namespace greenroom::net {

// IPv4 and global IPv6 addresses of the interfaces that are up, loopback's 127.0.0.1 last; port 0.
std::vector<base::Address> local_addresses();

}  // namespace greenroom::net
