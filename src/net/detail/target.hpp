// A request target (RFC 9112 §3.2) as the decoded path that routes are matched against. What could mean another path to
// another reader (dot segments, encoded slashes, backslashes, control characters, broken UTF-8) is refused. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace greenroom::net {

struct Target {
  std::string path;   // decoded, starts with '/', runs of '/' made one; "*" for the asterisk form
  std::string query;  // as sent, without '?'
};

// Origin form, absolute form (http and https; the authority is dropped) and "*".
std::optional<Target> parse_target(std::string_view raw);

bool is_utf8(std::string_view text);

}  // namespace greenroom::net
