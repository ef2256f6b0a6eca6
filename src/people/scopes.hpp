// What an API key may do: a small set of scopes, written "sessions:read workspace:read". Values, no state.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace greenroom::people {

enum class Scope { sessions_read, sessions_write, media_read, workspace_read, workspace_write };

std::span<const std::string_view> all_scope_names();  // in the enum's order
std::string_view scope_name(Scope scope);             // "sessions:read"

class Scopes {
 public:
  Scopes() = default;
  Scopes(std::initializer_list<Scope> scopes) : Scopes(std::span(scopes.begin(), scopes.size())) {}
  explicit Scopes(std::span<const Scope> scopes) {
    for (Scope scope : scopes) bits_ |= bit(scope);
  }
  // Writing includes reading of the same thing.
  bool has(Scope scope) const;
  bool has(std::string_view name) const;  // false for one that there is not
  bool empty() const { return bits_ == 0; }
  std::vector<Scope> list() const;
  std::string str() const;  // names with a space between
  // Names that are not known are left out: what was granted once and is no more is not granted.
  static Scopes parse(std::string_view text);
  friend bool operator==(const Scopes&, const Scopes&) = default;

 private:
  static std::uint32_t bit(Scope scope) { return 1u << unsigned(scope); }
  std::uint32_t bits_ = 0;
};

}  // namespace greenroom::people
