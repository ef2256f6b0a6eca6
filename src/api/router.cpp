#include "api/router.hpp"

#include <algorithm>
#include <array>

namespace greenroom::api {
namespace {

// No pattern is as long.
constexpr std::size_t segments_max = 16;

struct Segments {
  std::array<std::string_view, segments_max> at;
  std::size_t count = 0;
};

Segments segments_of(std::string_view path) {
  Segments out;
  while (!path.empty() && out.count < segments_max) {
    path.remove_prefix(1);
    out.at[out.count] = path.substr(0, path.find('/'));
    path.remove_prefix(out.at[out.count++].size());
  }
  return out;
}

bool is_name(std::string_view segment) { return segment.starts_with('{'); }

// From the end, where paths differ.
bool fits(const Route& route, const Segments& segments) {
  for (std::size_t i = segments.count; i-- > 0;) {
    const std::string& pattern = route.segments[i];
    if (is_name(pattern) ? segments.at[i].empty() : pattern != segments.at[i]) return false;
  }
  return true;
}

PathValues values_of(const Route& route, const Segments& segments) {
  PathValues values;
  for (std::size_t i = 0; i < segments.count; ++i) {
    const std::string_view pattern = route.segments[i];
    if (is_name(pattern)) values.emplace_back(pattern.substr(1, pattern.size() - 2), segments.at[i]);
  }
  return values;
}

bool answers(const Route& route, std::string_view method) { return route.about.method == method; }

void allow(std::vector<std::string>& allowed, const std::string& method) {
  if (std::find(allowed.begin(), allowed.end(), method) == allowed.end()) allowed.push_back(method);
  if (method == "GET") allow(allowed, "HEAD");
}

}  // namespace

Router::Router(std::vector<Route> routes) : routes_(std::move(routes)), by_length_(segments_max) {
  for (const Route& route : routes_) by_length_.at(route.segments.size()).push_back(&route);
}

Match Router::match(std::string_view method, std::string_view path) const {
  Match match;
  const auto segments = segments_of(path);
  if (segments.count == segments_max) return match;
  const Route* for_head = nullptr;
  for (const Route* route : by_length_[segments.count]) {
    if (!fits(*route, segments)) continue;
    match.known = true;
    if (!match.route && answers(*route, method)) match.route = route;
    if (method == "HEAD" && answers(*route, "GET")) for_head = route;
  }
  if (!match.route) match.route = for_head;
  if (match.route) match.values = values_of(*match.route, segments);
  return match;
}

std::vector<std::string> Router::allowed(std::string_view path) const {
  std::vector<std::string> out;
  const auto segments = segments_of(path);
  if (segments.count == segments_max) return out;
  for (const Route* route : by_length_[segments.count]) {
    if (fits(*route, segments)) allow(out, route->about.method);
  }
  return out;
}

}  // namespace greenroom::api
