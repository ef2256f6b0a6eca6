#include "people/scopes.hpp"

#include <algorithm>
#include <array>

namespace greenroom::people {
namespace {

constexpr std::array<std::string_view, 5> names{"sessions:read", "sessions:write", "media:read", "workspace:read",
                                                "workspace:write"};

}  // namespace

std::span<const std::string_view> all_scope_names() { return names; }

std::string_view scope_name(Scope scope) { return names[std::size_t(scope)]; }

bool Scopes::has(Scope scope) const {
  if (bits_ & bit(scope)) return true;
  if (scope == Scope::sessions_read) return (bits_ & bit(Scope::sessions_write)) != 0;
  if (scope == Scope::workspace_read) return (bits_ & bit(Scope::workspace_write)) != 0;
  return false;
}

bool Scopes::has(std::string_view name) const {
  const auto found = std::find(names.begin(), names.end(), name);
  return found != names.end() && has(Scope(found - names.begin()));
}

std::vector<Scope> Scopes::list() const {
  std::vector<Scope> out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (bits_ & bit(Scope(i))) out.push_back(Scope(i));
  }
  return out;
}

std::string Scopes::str() const {
  std::string out;
  for (Scope scope : list()) {
    if (!out.empty()) out += ' ';
    out += scope_name(scope);
  }
  return out;
}

Scopes Scopes::parse(std::string_view text) {
  Scopes scopes;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    const auto found = std::find(names.begin(), names.end(), text.substr(0, end));
    if (found != names.end()) scopes.bits_ |= bit(Scope(found - names.begin()));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return scopes;
}

}  // namespace greenroom::people
