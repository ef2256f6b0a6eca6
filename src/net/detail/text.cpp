#include "net/detail/text.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace greenroom::net {

namespace {

bool is_tchar(char c) {
  const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return alphanumeric || (c && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

std::size_t end_of_element(std::string_view list) {
  bool quoted = false;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (quoted && list[i] == '\\') {
      ++i;
    } else if (list[i] == '"') {
      quoted = !quoted;
    } else if (list[i] == ',' && !quoted) {
      return i;
    }
  }
  return list.size();
}

}  // namespace

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_token(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_tchar); }

std::optional<std::string_view> next_element(std::string_view& list) {
  if (list.empty()) return std::nullopt;
  const auto end = end_of_element(list);
  const auto element = trim(list.substr(0, end));
  list.remove_prefix(std::min(list.size(), end + 1));
  return element;
}

bool list_contains(std::string_view list, std::string_view token) {
  while (auto element = next_element(list)) {
    if (base::equal_without_case(*element, token)) return true;
  }
  return false;
}

}  // namespace greenroom::net
