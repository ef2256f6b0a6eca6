// Reading other servers' JSON: what is absent or of another type is empty. Pure.
#pragma once
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "people/oidc.hpp"
#include "wire/json.hpp"

namespace greenroom::people::detail {

inline std::optional<boost::json::object> parse_object(std::string_view text) {
  auto value = wire::parse_json(text);
  if (!value || !value->is_object()) return std::nullopt;
  return std::move(value->get_object());
}

inline std::string text_of(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

// A subject may be a number with providers of plain OAuth.
inline std::string text_or_number(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && (value->is_int64() || value->is_uint64()) ? wire::print_json(*value) : text_of(object, name);
}

// Some providers write "true" as text.
inline bool is_true(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && ((value->is_bool() && value->get_bool()) || text_of(object, name) == "true");
}

inline bool holds_text(const boost::json::array& list, std::string_view text) {
  return std::any_of(list.begin(), list.end(), [&](const boost::json::value& one) {
    return one.is_string() && std::string_view(one.get_string()) == text;
  });
}

// OpenID Connect Core §5.1.
inline ProvenIdentity claims_of(const boost::json::object& object, std::string_view subject_member) {
  ProvenIdentity out;
  out.subject = text_or_number(object, subject_member);
  out.email = text_of(object, "email");
  out.email_verified = !out.email.empty() && is_true(object, "email_verified");
  out.name = text_of(object, "name");
  return out;
}

}  // namespace greenroom::people::detail
