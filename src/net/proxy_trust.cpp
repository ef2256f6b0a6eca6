#include "net/proxy_trust.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "net/detail/text.hpp"

namespace greenroom::net {
namespace {

constexpr unsigned bits_before_v4 = 96;  // ::ffff:a.b.c.d

std::string_view take_last(std::string_view& list) {
  const auto comma = list.rfind(',');
  const auto last = trim(list.substr(comma == list.npos ? 0 : comma + 1));
  list = comma == list.npos ? std::string_view() : list.substr(0, comma);
  return last;
}

std::string client_of(const Request& request, std::span<const AddressRange> trusted) {
  std::string client = request.remote;
  std::string all;  // a proxy may add a field of its own instead of to the one that was there
  for (const auto& [name, value] : request.headers.all()) {
    if (base::equal_without_case(name, "x-forwarded-for")) all += (all.empty() ? "" : ",") + value;
  }
  for (std::string_view list = all; !list.empty() && is_trusted_proxy(client, trusted);) {
    const auto before = base::parse_ip(take_last(list), 0);
    if (!before) break;
    client = base::ip_to_string(*before);
  }
  return client;
}

}  // namespace

bool is_trusted_proxy(std::string_view text, std::span<const AddressRange> trusted) {
  const auto address = base::parse_ip(text, 0);
  return address && std::any_of(trusted.begin(), trusted.end(), [&](const auto& r) { return r.contains(*address); });
}

bool AddressRange::contains(const base::Address& address) const {
  const std::size_t bytes = prefix / 8;
  if (!std::equal(first.ip.begin(), first.ip.begin() + std::ptrdiff_t(bytes), address.ip.begin())) return false;
  const unsigned rest = prefix % 8;
  return rest == 0 || ((first.ip[bytes] ^ address.ip[bytes]) >> (8 - rest)) == 0;
}

base::Result<AddressRange> parse_address_range(std::string_view text) {
  const auto slash = text.find('/');
  GREENROOM_TRY(const auto first, base::parse_ip(text.substr(0, slash), 0));
  AddressRange range{first, 128};
  if (slash == text.npos) return range;
  const auto digits = text.substr(slash + 1);
  const unsigned most = first.is_v4() ? 32 : 128;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), range.prefix);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() || range.prefix > most) {
    return base::fail(bad_address_range, "is no address range: " + std::string(text));
  }
  if (first.is_v4()) range.prefix += bits_before_v4;
  return range;
}

void look_behind_proxies(Request& request, std::span<const AddressRange> trusted) {
  if (!trusted.empty() && is_trusted_proxy(request.remote, trusted)) {
    request.remote = client_of(request, trusted);
    if (const auto scheme = request.headers.find("X-Forwarded-Proto")) request.secure = *scheme == "https";
    return;
  }
  for (const char* claim : {"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"}) request.headers.remove(claim);
}

}  // namespace greenroom::net
