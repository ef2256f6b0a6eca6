#include "net/cookie.hpp"

#include <algorithm>

#include "net/detail/text.hpp"

namespace greenroom::net {

std::optional<std::string> find_cookie(std::string_view field, std::string_view name) {
  while (!field.empty()) {
    const auto whole = field.substr(0, field.find(';'));
    field.remove_prefix(std::min(field.size(), whole.size() + 1));
    const auto pair = trim(whole);
    const auto equals = pair.find('=');
    if (equals == pair.npos || trim(pair.substr(0, equals)) != name) continue;
    auto value = trim(pair.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    return std::string(value);
  }
  return std::nullopt;
}

}  // namespace greenroom::net
