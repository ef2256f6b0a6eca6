// The names that described types have on the wire, worked out when compiling.
#pragma once
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <concepts>
#include <optional>
#include <string_view>
#include <type_traits>

#include "wire/field_rule.hpp"

namespace greenroom::wire {
namespace detail {

constexpr std::size_t camel_length(std::string_view snake) {
  std::size_t length = 0;
  for (char c : snake) length += c != '_';
  return length;
}

template <std::size_t N>
struct FixedName {
  char text[N + 1] = {};
  constexpr std::string_view view() const { return {text, N}; }
};

template <std::size_t N>
constexpr FixedName<N> camel_case(std::string_view snake) {
  FixedName<N> out;
  std::size_t at = 0;
  bool upper = false;
  for (char c : snake) {
    if (c == '_') {
      upper = at > 0;
      continue;
    }
    out.text[at++] = upper && c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c;
    upper = false;
  }
  return out;
}

template <class Member>
inline constexpr auto wire_name = camel_case<camel_length(Member::name)>(Member::name);

constexpr std::string_view without_trailing_underscore(std::string_view name) {
  if (name.ends_with('_')) name.remove_suffix(1);
  return name;
}

// "greenroom::api::Session" without its namespaces.
template <class T>
constexpr std::string_view type_name() {
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_prefix(text.find("T = ") + 4);
  text = text.substr(0, text.find_first_of(";]"));
  return text.substr(text.rfind(':') == text.npos ? 0 : text.rfind(':') + 1);
}

template <class T>
FieldRule rule_of([[maybe_unused]] std::string_view member) {
  if constexpr (requires { field_rule(static_cast<const T*>(nullptr), member); }) {
    return field_rule(static_cast<const T*>(nullptr), member);
  } else {
    return {};
  }
}

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

// A type that makes a difference between null and absent (wire/patch.hpp).
template <class T>
inline constexpr bool reads_null = false;

template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

}  // namespace detail

template <class T>
concept DescribedStruct = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;
template <class T>
concept DescribedEnum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;
template <class T>
concept JsonInteger = std::integral<T> && !std::same_as<T, bool>;

}  // namespace greenroom::wire
