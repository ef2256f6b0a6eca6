#include "bus/detail/redis_url.hpp"

#include <charconv>

#include "bus/bus.hpp"

namespace greenroom::bus {

namespace {

tl::unexpected<base::Error> bad(std::string what) {
  return base::fail(error_bad_url,
                    "the Redis URL " + std::move(what) + "; it looks like redis://user:pass@host:6379/0");
}

template <class Number>
base::Result<Number> number(std::string_view text, std::string_view what) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
    return bad("has no good " + std::string(what));
  }
  return value;
}

base::Result<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      out.push_back(text[at]);
      continue;
    }
    unsigned byte = 0;
    const auto* digits = text.data() + at + 1;
    if (at + 2 >= text.size() || std::from_chars(digits, digits + 2, byte, 16).ptr != digits + 2) {
      return bad("has a broken % escape");
    }
    out.push_back(char(byte));
    at += 2;
  }
  return out;
}

base::Status parse_login(std::string_view login, RedisAddress& address) {
  const auto colon = login.find(':');
  if (colon == login.npos) return bad("has a user without a password");
  GREENROOM_TRY(address.user, percent_decoded(login.substr(0, colon)));
  GREENROOM_TRY(address.password, percent_decoded(login.substr(colon + 1)));
  return {};
}

base::Status parse_host(std::string_view text, RedisAddress& address) {
  const bool bracketed = text.starts_with('[');  // RFC 3986 §3.2.2: an IPv6 address
  const auto end = bracketed ? text.find(']') : text.find(':');
  address.host = text.substr(bracketed, end == text.npos ? end : end - bracketed);
  if (address.host.empty() || (bracketed && end == text.npos)) return bad("names no host");
  auto rest = end == text.npos ? std::string_view() : text.substr(end + bracketed);
  if (rest.empty()) return {};
  if (!rest.starts_with(':')) return bad("names no host");
  GREENROOM_TRY(address.port, number<std::uint16_t>(rest.substr(1), "port"));
  return {};
}

}  // namespace

base::Result<RedisAddress> parse_redis_url(std::string_view url) {
  constexpr std::string_view scheme = "redis://";
  if (!url.starts_with(scheme)) return bad("does not begin with redis://");
  url.remove_prefix(scheme.size());
  RedisAddress address;
  if (const auto slash = url.find('/'); slash != url.npos) {
    const auto database = url.substr(slash + 1);
    if (!database.empty()) {
      GREENROOM_TRY(address.database, number<unsigned>(database, "database number"));
    }
    url = url.substr(0, slash);
  }
  if (const auto at = url.rfind('@'); at != url.npos) {
    GREENROOM_CHECK_OK(parse_login(url.substr(0, at), address));
    url.remove_prefix(at + 1);
  }
  GREENROOM_CHECK_OK(parse_host(url, address));
  return address;
}

}  // namespace greenroom::bus
