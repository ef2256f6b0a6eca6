// The words of a line of SDP (RFC 8866 §9), and errors that name what is missing.
#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "wire/sdp.hpp"

namespace greenroom::wire::sdp::detail {

using base::Result;
using base::Status;

inline constexpr base::ErrorCode bad = error_malformed;

inline std::string_view take(std::string_view& rest, char separator = ' ') {
  const auto end = std::min(rest.find(separator), rest.size());
  const auto word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

// Several spaces in a row count as one: some stacks write them.
inline std::string_view take_word(std::string_view& rest) {
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  return take(rest);
}

inline std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

template <class T>
Result<T> number(std::string_view text, std::string_view what) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
    return base::fail(bad, fmt::format("{} is not a number that fits", what));
  }
  return value;
}

inline Result<std::string> word(std::string_view text, std::string_view what) {
  if (text.empty()) return base::fail(bad, fmt::format("{} is missing", what));
  return std::string(text);
}

// RFC 8866 §9 token: what names are made of.
inline bool is_token(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`{|}~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || marks.find(c) != marks.npos;
  });
}

inline Result<std::string> token(std::string_view text, std::string_view what) {
  if (!is_token(text)) return base::fail(bad, fmt::format("{} is missing or has other characters than a token", what));
  return std::string(text);
}

template <class T>
Status add(std::vector<T>& list, T value) {
  if (list.size() >= max_attributes) return base::fail(error_too_large, "too many of these");
  list.push_back(std::move(value));
  return {};
}

inline Result<std::vector<std::string>> tokens(std::string_view text, std::string_view what, char separator = ' ') {
  std::vector<std::string> list;
  for (text = trimmed(text); !text.empty(); text = trimmed(text)) {
    if (list.size() >= max_items) return base::fail(error_too_large, fmt::format("too many {}", what));
    GREENROOM_TRY(auto one, token(take(text, separator), what));
    list.push_back(std::move(one));
  }
  return list;
}

inline Result<std::vector<std::string>> words(std::string_view text, std::string_view what) {
  std::vector<std::string> list;
  for (text = trimmed(text); !text.empty(); text = trimmed(text)) {
    if (list.size() >= max_items) return base::fail(error_too_large, fmt::format("too many {}", what));
    list.emplace_back(take_word(text));
  }
  return list;
}

// "a=1;b;c=x" and, of candidates, "raddr 1.2.3.4 rport 5".
inline Result<Pairs> parameters(std::string_view text) {
  Pairs pairs;
  while (!text.empty()) {
    auto one = trimmed(take(text, ';'));
    if (one.empty()) continue;
    if (pairs.size() >= max_items) return base::fail(error_too_large, "too many parameters");
    const auto equals = std::min(one.find('='), one.size());
    const auto value = equals < one.size() ? one.substr(equals + 1) : std::string_view();
    const auto name = one.substr(0, equals);
    if (name.empty() || name.ends_with(' ')) return base::fail(bad, "a parameter without a name");
    pairs.emplace_back(name, value);
  }
  return pairs;
}

}  // namespace greenroom::wire::sdp::detail
