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
constexpr std::string_view read = "sessions:read", write = "sessions:write";
constexpr std::array scopes = {
    TagScopes{"sessions", read, write},
    TagScopes{"projects", read, write},
    TagScopes{"invites", read, write},
    TagScopes{"participants", read, write},
    TagScopes{"takes", read, write},
    TagScopes{"stems", read, write},
    TagScopes{"uploads", write, write},
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
