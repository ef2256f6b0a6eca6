// How many requests a second one caller may make: a signed-in person or participant by who they are, and everybody by
// their address, where the allowance is larger because a whole team may sit behind one. Thread-safe; bounded (see
// TokenBuckets). Answers say how much is left (draft-ietf-httpapi-ratelimit-headers-10).
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "api/token_buckets.hpp"
#include "net/http.hpp"

namespace greenroom::api {

struct RateVerdict {
  std::string_view policy;   // "caller" or "address"
  int quota = 0;             // requests at once
  base::Duration window{0};  // in which so many come back
  TokenBuckets::Taken taken;
};

class RateLimit {
 public:
  static constexpr int burst_seconds = 2;  // a page that opens asks for much at once
  static constexpr int callers_per_address = 10;

  explicit RateLimit(double per_second)  // 0: no limit
      : per_second_(per_second), callers_(per_second), addresses_(per_second * callers_per_address) {}

  bool limited() const { return per_second_ > 0; }
  // nullopt: there is no limit.
  std::optional<RateVerdict> ask_for_caller(const std::string& caller, base::WallTime now);
  std::optional<RateVerdict> ask_for_address(const std::string& address, base::WallTime now);

 private:
  const double per_second_;
  TokenBuckets callers_;
  TokenBuckets addresses_;
};

void add_rate_headers(net::Headers& headers, const RateVerdict& verdict);  // RateLimit-Policy, RateLimit

std::string retry_after(base::Duration wait);  // whole seconds, at least 1

}  // namespace greenroom::api
