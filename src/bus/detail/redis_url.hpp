// Where Redis is, from its URL (the `redis` scheme as IANA registers it: redis://user:secret@host:port/db). Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace greenroom::bus {

struct RedisAddress {
  std::string host;
  std::uint16_t port = 6379;
  std::string user;  // empty: the default one
  std::string password;
  unsigned database = 0;
};

// bus.bad_url; the error does not repeat the URL, which may hold a password.
base::Result<RedisAddress> parse_redis_url(std::string_view url);

}  // namespace greenroom::bus
