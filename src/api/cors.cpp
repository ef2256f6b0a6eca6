#include "api/cors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace greenroom::api {
namespace {

constexpr std::string_view allowed_fields =
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Range, Tus-Resumable, Upload-Length, "
    "Upload-Offset, Upload-Defer-Length, Upload-Metadata, Upload-Checksum, Upload-Concat, Upload-Complete, "
    "Upload-Draft-Interop-Version, X-HTTP-Method-Override, X-Requested-With";
constexpr std::string_view exposed_fields =
    "Location, ETag, Link, Accept-Post, Accept-Patch, Retry-After, X-Request-Id, RateLimit, RateLimit-Policy, "
    "Idempotency-Replayed, Recording-Consent, "
    "Content-Range, Repr-Digest, Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, "
    "Tus-Checksum-Algorithm, Upload-Offset, Upload-Length, Upload-Defer-Length, Upload-Metadata, Upload-Expires, "
    "Upload-Concat, Upload-Complete, Upload-Limit";

}  // namespace

void allow_cross_origin(const net::Request& request, std::span<const std::string> origins, net::Headers& headers) {
  const auto listed = [origins](std::string_view name) {
    return std::find(origins.begin(), origins.end(), name) != origins.end();
  };
  const auto origin = request.headers.find("Origin");
  const bool trusted = origin && *origin != "*" && listed(*origin);
  if (!origins.empty()) headers.add("Vary", "Origin");
  if (trusted) {
    headers.set("Access-Control-Allow-Origin", std::string(*origin));
    headers.set("Access-Control-Allow-Credentials", "true");
  } else if (origins.empty() || listed("*")) {
    headers.set("Access-Control-Allow-Origin", "*");
  } else {
    return;
  }
  headers.set("Access-Control-Expose-Headers", std::string(exposed_fields));
}

bool is_preflight(const net::Request& request) {
  return request.method == "OPTIONS" && request.headers.find("Access-Control-Request-Method").has_value();
}

void answer_preflight(net::Headers& headers, const std::vector<std::string>& methods) {
  if (!headers.find("Access-Control-Allow-Origin")) return;
  headers.set("Access-Control-Allow-Methods", fmt::format("{}", fmt::join(methods, ", ")));
  headers.set("Access-Control-Allow-Headers", std::string(allowed_fields));
  headers.set("Access-Control-Max-Age", "86400");
}

}  // namespace greenroom::api
