#include "net/interfaces.hpp"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

namespace greenroom::net {
namespace {

base::Address from_v4(const sockaddr_in& in) {
  const auto* ip = reinterpret_cast<const std::uint8_t*>(&in.sin_addr);
  return base::Address::v4(ip[0], ip[1], ip[2], ip[3], 0);
}

base::Address from_v6(const sockaddr_in6& in) {
  base::Address address;
  std::memcpy(address.ip.data(), &in.sin6_addr, address.ip.size());
  return address;
}

}  // namespace

std::vector<base::Address> local_addresses() {
  std::vector<base::Address> found;
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) list = nullptr;
  for (const ifaddrs* entry = list; entry; entry = entry->ifa_next) {
    if (!entry->ifa_addr || !(entry->ifa_flags & IFF_UP) || (entry->ifa_flags & IFF_LOOPBACK)) continue;
    if (entry->ifa_addr->sa_family == AF_INET) {
      found.push_back(from_v4(*reinterpret_cast<const sockaddr_in*>(entry->ifa_addr)));
    } else if (entry->ifa_addr->sa_family == AF_INET6) {
      const auto& in = *reinterpret_cast<const sockaddr_in6*>(entry->ifa_addr);
      if (!IN6_IS_ADDR_LINKLOCAL(&in.sin6_addr)) found.push_back(from_v6(in));
    }
  }
  if (list) ::freeifaddrs(list);
  found.push_back(base::Address::v4(127, 0, 0, 1, 0));
  return found;
}

}  // namespace greenroom::net
