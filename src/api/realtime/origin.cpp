#include "api/realtime/origin.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace greenroom::api::realtime {
namespace {

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

std::string_view host_of(std::string_view origin) {
  const auto scheme = origin.find("://");
  return scheme == origin.npos ? std::string_view() : without_port(origin.substr(scheme + 3));
}

}  // namespace

bool is_same_site(const net::Request& request) {
  const auto origin = request.headers.find("origin");
  if (!origin) return true;
  const auto host = request.headers.find("host");
  return host && base::equal_without_case(host_of(*origin), without_port(*host)) && !host_of(*origin).empty();
}

void add_cors(const net::Request& request, std::span<const std::string> allowed, net::Headers& headers) {
  const auto origin = request.headers.find("origin");
  if (!origin || allowed.empty()) return;
  headers.add("Vary", "Origin");
  const auto is = [&](std::string_view name) {
    return std::find(allowed.begin(), allowed.end(), name) != allowed.end();
  };
  if (is(*origin)) {
    headers.set("Access-Control-Allow-Origin", std::string(*origin));
    headers.set("Access-Control-Allow-Credentials", "true");
  } else if (is("*")) {
    headers.set("Access-Control-Allow-Origin", "*");
  } else {
    return;
  }
  if (request.method != "OPTIONS") return;
  headers.set("Access-Control-Allow-Methods", "GET, POST");
  headers.set("Access-Control-Allow-Headers", "Content-Type, Authorization");
  headers.set("Access-Control-Max-Age", "600");
}

}  // namespace greenroom::api::realtime
