// What an API key may do: a small set of scopes, written "sessions:read workspace:read". Values, no state.
#pragma once
#include <boost/describe/enum.hpp>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace greenroom::people {

enum class Scope { sessions_read, sessions_write, media_read, workspace_read, workspace_write };

std::string_view scope_name(Scope scope);  // "sessions:read"
std::optional<Scope> parse_scope(std::string_view name);

class Scopes {
 public:
  Scopes() = default;
  Scopes(std::initializer_list<Scope> scopes) {
    for (Scope scope : scopes) add(scope);
  }
  void add(Scope scope) { bits_ |= bit(scope); }
  // Writing includes reading of the same thing.
  bool has(Scope scope) const;
  bool empty() const { return bits_ == 0; }
  std::string str() const;  // names with a space between
  // Names that are not known are left out: what was granted once and is no more is not granted.
  static Scopes parse(std::string_view text);
  friend bool operator==(const Scopes&, const Scopes&) = default;

 private:
  static std::uint32_t bit(Scope scope) { return 1u << unsigned(scope); }
  std::uint32_t bits_ = 0;
};

}  // namespace greenroom::people
