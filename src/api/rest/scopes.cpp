// What an API key must be allowed for an operation that does not say so itself. An operation of another tag is for
// people only.
#include <array>

#include "api/rest/rest.hpp"

namespace greenroom::api {
namespace {

struct TagScopes {
  std::string_view tag;
  std::string_view reading;
  std::string_view changing;
};
constexpr std::string_view session_read = "sessions:read", session_write = "sessions:write";
constexpr std::array scopes = {
    TagScopes{"sessions", session_read, session_write},
    TagScopes{"projects", session_read, session_write},
    TagScopes{"invites", session_read, session_write},
    TagScopes{"participants", session_read, session_write},
    TagScopes{"takes", session_read, session_write},
    TagScopes{"stems", session_read, session_write},
    TagScopes{"uploads", session_write, session_write},
    TagScopes{"media", "media:read", "media:read"},
    TagScopes{"workspace", "workspace:read", "workspace:write"},
};

}  // namespace

std::string default_scope(const Operation& about) {
  if (about.auth != Auth::user && about.auth != Auth::any) return {};
  for (const auto& [tag, reading, changing] : scopes) {
    if (tag == about.tag) return std::string(about.method == "GET" || about.method == "HEAD" ? reading : changing);
  }
  return {};
}

}  // namespace greenroom::api
