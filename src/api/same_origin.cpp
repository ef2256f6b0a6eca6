#include "api/same_origin.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace greenroom::api {
namespace {

constexpr std::string_view our_cookies = "greenroom_";  // every cookie of ours begins so

// "https://studio.example:8443" -> "studio.example:8443"; empty for "null", which is no host.
std::string_view host_of(std::string_view origin) {
  const std::size_t scheme = origin.find("://");
  return scheme == origin.npos ? std::string_view() : origin.substr(scheme + 3);
}

bool carries_our_cookie(const net::Request& request) {
  const auto cookie = request.headers.find("Cookie");
  return cookie && cookie->find(our_cookies) != cookie->npos;
}

bool is_our_host(const net::Request& request, std::string_view host) {
  if (host.empty()) return false;
  for (const char* field : {"Host", "X-Forwarded-Host"}) {
    const auto ours = request.headers.find(field);
    if (ours && base::equal_without_case(*ours, host)) return true;
  }
  return false;
}

}  // namespace

bool is_forged_write(const net::Request& request, std::span<const std::string> allowed_origins) {
  if (request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS") return false;
  if (!carries_our_cookie(request) || request.headers.find("Authorization")) return false;
  const auto origin = request.headers.find("Origin");
  if (origin && std::find(allowed_origins.begin(), allowed_origins.end(), *origin) != allowed_origins.end()) {
    return false;
  }
  // What the browser itself says of the page comes first: it knows schemes and ports, which Host does not tell.
  if (const auto site = request.headers.find("Sec-Fetch-Site")) return *site != "same-origin" && *site != "none";
  return origin && !is_our_host(request, host_of(*origin));
}

}  // namespace greenroom::api
