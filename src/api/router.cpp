#include "api/router.hpp"

#include <algorithm>

namespace greenroom::api {
namespace {

bool is_name(std::string_view segment) { return segment.starts_with('{'); }

bool fits(const Route& route, const std::vector<std::string>& segments) {
  return std::equal(route.segments.begin(), route.segments.end(), segments.begin(), segments.end(),
                    [](const std::string& pattern, const std::string& segment) {
                      return is_name(pattern) ? !segment.empty() : pattern == segment;
                    });
}

PathValues values_of(const Route& route, std::vector<std::string> segments) {
  PathValues values;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const std::string& pattern = route.segments[i];
    if (is_name(pattern)) values.emplace_back(pattern.substr(1, pattern.size() - 2), std::move(segments[i]));
  }
  return values;
}

bool answers(const Route& route, std::string_view method) { return route.about.method == method; }

void allow(std::vector<std::string>& allowed, const std::string& method) {
  if (std::find(allowed.begin(), allowed.end(), method) == allowed.end()) allowed.push_back(method);
  if (method == "GET") allow(allowed, "HEAD");
}

}  // namespace

Match Router::match(std::string_view method, std::string_view path) const {
  Match match;
  const auto segments = split_path(path);
  const Route* for_head = nullptr;
  for (const Route& route : routes_) {
    if (!fits(route, segments)) continue;
    allow(match.allowed, route.about.method);
    if (!match.route && answers(route, method)) match.route = &route;
    if (method == "HEAD" && answers(route, "GET")) for_head = &route;
  }
  if (!match.route) match.route = for_head;
  if (match.route) match.values = values_of(*match.route, segments);
  return match;
}

}  // namespace greenroom::api
