#include "base/address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>

namespace greenroom::base {
namespace {

constexpr ErrorCode bad_address{ErrorKind::invalid, "base.bad_address"};
constexpr std::array<std::uint8_t, 12> v4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

Address Address::v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d, std::uint16_t port) {
  Address address;
  std::copy(v4_prefix.begin(), v4_prefix.end(), address.ip.begin());
  address.ip[12] = a, address.ip[13] = b, address.ip[14] = c, address.ip[15] = d;
  address.port = port;
  return address;
}

bool Address::is_v4() const { return std::equal(v4_prefix.begin(), v4_prefix.end(), ip.begin()); }

std::string ip_to_string(const Address& address) {
  char text[INET6_ADDRSTRLEN] = {};
  if (address.is_v4())
    inet_ntop(AF_INET, address.ip.data() + 12, text, sizeof text);
  else
    inet_ntop(AF_INET6, address.ip.data(), text, sizeof text);
  return text;
}

std::string to_string(const Address& address) {
  return fmt::format(fmt::runtime(address.is_v4() ? "{}:{}" : "[{}]:{}"), ip_to_string(address), address.port);
}

Result<Address> parse_ip(std::string_view ip, std::uint16_t port) {
  const std::string text(ip);
  Address address = Address::v4(0, 0, 0, 0, port);
  if (inet_pton(AF_INET, text.c_str(), address.ip.data() + 12) == 1) return address;
  if (inet_pton(AF_INET6, text.c_str(), address.ip.data()) == 1) return address;
  return fail(bad_address, "expected an IP address");
}

}  // namespace greenroom::base
