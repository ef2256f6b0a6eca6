#include "people/scopes.hpp"

#include <algorithm>
#include <array>

namespace greenroom::people {
namespace {

constexpr std::array<std::string_view, 5> names{"sessions:read", "sessions:write", "media:read", "workspace:read",
                                                "workspace:write"};

}  // namespace

std::string_view scope_name(Scope scope) { return names[std::size_t(scope)]; }

std::optional<Scope> parse_scope(std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return Scope(found - names.begin());
}

bool Scopes::has(Scope scope) const {
  if (bits_ & bit(scope)) return true;
  if (scope == Scope::sessions_read) return (bits_ & bit(Scope::sessions_write)) != 0;
  if (scope == Scope::workspace_read) return (bits_ & bit(Scope::workspace_write)) != 0;
  return false;
}

std::string Scopes::str() const {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!(bits_ & bit(Scope(i)))) continue;
    if (!out.empty()) out += ' ';
    out += names[i];
  }
  return out;
}

Scopes Scopes::parse(std::string_view text) {
  Scopes scopes;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (const auto scope = parse_scope(text.substr(0, end))) scopes.add(*scope);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return scopes;
}

}  // namespace greenroom::people
