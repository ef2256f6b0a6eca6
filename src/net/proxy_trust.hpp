// Whose word counts about where a request came from: X-Forwarded-For, -Proto and -Host are read when the peer is a
// trusted proxy, and taken off otherwise, so that nobody further in believes a stranger. Pure.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "base/address.hpp"
#include "net/http.hpp"

namespace greenroom::net {

inline constexpr base::ErrorCode bad_address_range{base::ErrorKind::invalid, "net.bad_address_range"};

// "10.0.0.0/8", "::1", "192.0.2.1".
struct AddressRange {
  base::Address first;
  unsigned prefix = 128;  // bits, of the 16-byte form
  bool contains(const base::Address& address) const;
};
base::Result<AddressRange> parse_address_range(std::string_view text);

bool is_trusted_proxy(std::string_view address, std::span<const AddressRange> trusted);

// Sets remote and secure of a request whose `remote` is its peer and whose `secure` is its connection's. The client is
// the last address of X-Forwarded-For that is no trusted proxy: what stands before it is its own invention.
void look_behind_proxies(Request& request, std::span<const AddressRange> trusted);

}  // namespace greenroom::net
