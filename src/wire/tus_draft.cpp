#include "wire/tus_draft.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace greenroom::wire {
namespace {

constexpr std::size_t digits_max = 15;  // RFC 9651 §3.3.1

// Parameters of an item mean nothing here.
std::string_view item_of(std::string_view text) {
  text = text.substr(0, text.find(';'));
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::optional<std::uint64_t> parse_integer(std::optional<std::string_view> field) {
  if (!field) return std::nullopt;
  const auto text = item_of(*field);
  const bool digits = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (text.empty() || text.size() > digits_max || !digits) return std::nullopt;
  std::uint64_t value = 0;
  for (char c : text) value = value * 10 + std::uint64_t(c - '0');
  return value;
}

std::optional<bool> parse_boolean(std::optional<std::string_view> field) {
  if (!field) return std::nullopt;
  const auto text = item_of(*field);
  if (text != "?0" && text != "?1") return std::nullopt;
  return text == "?1";
}

}  // namespace

DraftFields parse_draft(const DraftTexts& texts) {
  return {parse_integer(texts.interop), parse_boolean(texts.complete), parse_integer(texts.offset),
          parse_integer(texts.length)};
}

std::string print_draft_limits(const DraftLimits& limits) {
  const auto age = limits.age_max_s ? fmt::format(", max-age={}", *limits.age_max_s) : std::string();
  return fmt::format("max-size={}{}", limits.size_max, age);
}

}  // namespace greenroom::wire
