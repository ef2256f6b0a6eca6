#include "api/cors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace greenroom::api {
namespace {

constexpr std::string_view allowed_fields =
    "Authorization, Content-Type, Range, If-None-Match, Tus-Resumable, Upload-Length, Upload-Offset, "
    "Upload-Defer-Length, Upload-Metadata, Upload-Checksum, Upload-Concat, X-HTTP-Method-Override, X-Requested-With";
constexpr std::string_view exposed_fields =
    "Location, ETag, Retry-After, X-Request-Id, Content-Range, Tus-Resumable, Tus-Version, Tus-Extension, "
    "Tus-Max-Size, Upload-Offset, Upload-Length, Upload-Defer-Length, Upload-Metadata, Upload-Expires, Upload-Concat";

}  // namespace

void allow_cross_origin(net::Headers& headers) {
  headers.set("Access-Control-Allow-Origin", "*");
  headers.set("Access-Control-Expose-Headers", std::string(exposed_fields));
}

bool is_preflight(const net::Request& request) {
  return request.method == "OPTIONS" && request.headers.find("Access-Control-Request-Method").has_value();
}

void answer_preflight(net::Headers& headers, const std::vector<std::string>& methods) {
  headers.set("Access-Control-Allow-Methods", fmt::format("{}", fmt::join(methods, ", ")));
  headers.set("Access-Control-Allow-Headers", std::string(allowed_fields));
  headers.set("Access-Control-Max-Age", "86400");
}

}  // namespace greenroom::api
