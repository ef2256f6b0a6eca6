#include "api/rate_limit.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace greenroom::api {
namespace {

constexpr int quota_max = 1'000'000;

std::int64_t whole_seconds(base::Duration span) { return std::chrono::ceil<std::chrono::seconds>(span).count(); }

RateVerdict ask(TokenBuckets& buckets, std::string_view policy, double per_second, const std::string& key,
                base::WallTime now) {
  const double burst = std::clamp(per_second * RateLimit::burst_seconds, 1.0, double(quota_max));
  const auto window = std::chrono::ceil<base::Duration>(std::chrono::duration<double>(burst / per_second));
  return {policy, int(burst), window, buckets.take(key, int(burst), now)};
}

}  // namespace

std::optional<RateVerdict> RateLimit::ask_for_caller(const std::string& caller, base::WallTime now) {
  if (per_second_ <= 0) return std::nullopt;
  return ask(callers_, "caller", per_second_, caller, now);
}

std::optional<RateVerdict> RateLimit::ask_for_address(const std::string& address, base::WallTime now) {
  if (per_second_ <= 0) return std::nullopt;
  return ask(addresses_, "address", per_second_ * callers_per_address, address, now);
}

void add_rate_headers(net::Headers& headers, const RateVerdict& verdict) {
  headers.set("RateLimit-Policy",
              fmt::format("\"{}\";q={};w={}", verdict.policy, verdict.quota, whole_seconds(verdict.window)));
  headers.set("RateLimit", fmt::format("\"{}\";r={};t={}", verdict.policy, verdict.taken.left,
                                       whole_seconds(verdict.taken.until_full)));
}

std::string retry_after(base::Duration wait) { return std::to_string(std::max<std::int64_t>(1, whole_seconds(wait))); }

}  // namespace greenroom::api
