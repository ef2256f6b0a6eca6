// Described structs <-> JSON, and their schemas, from one description (BOOST_DESCRIBE_STRUCT / BOOST_DESCRIBE_ENUM).
// Members are snake_case here and camelCase on the wire; enumerators are themselves; a trailing underscore (a C++
// keyword as a name) is dropped. Unknown fields are ignored; an absent or null optional is nullopt, and a nullopt is
// not printed. Everything wrong with a value is reported, field by field: "codecs[0].mimeType: expected a string". Pure
// functions over values; a type of one's own joins by specialising JsonCodec<T>.
#pragma once
#include "wire/json_described.hpp"

namespace greenroom::wire {

template <class T>
JsonResult<T> from_json(const boost::json::value& value) {
  std::vector<FieldError> errors;
  const FieldRule rule;
  T out{};
  JsonCodec<T>::read(value, JsonPlace(errors, rule), out);
  if (!errors.empty()) return tl::unexpected(std::move(errors));
  return out;
}

// Text straight to a value; bad JSON is one error with an empty path.
template <class T>
JsonResult<T> from_text(std::string_view text) {
  auto value = parse_json(text);
  if (!value) return tl::unexpected(std::vector<FieldError>{{"", value.error().what}});
  return from_json<T>(*value);
}

template <class T>
boost::json::value to_json(const T& value) {
  return JsonCodec<T>::write(value);
}

template <class T>
std::string to_text(const T& value) {
  std::string out;
  print(value, out);
  return out;
}

// The schema written out in place.
template <class T>
boost::json::object schema() {
  return JsonCodec<T>::schema(FieldRule(), nullptr);
}

// A reference into `set`, where the named types that it needs are put.
template <class T>
boost::json::object schema(SchemaSet& set) {
  return JsonCodec<T>::schema(FieldRule(), &set);
}

// "codecs[0].mimeType: expected a string; name: is required"
std::string describe(const std::vector<FieldError>& errors);

template <DescribedEnum T>
std::string_view enum_name(T value) {
  return JsonCodec<T>::name(value);
}
template <DescribedEnum T>
std::optional<T> enum_value(std::string_view name) {
  const auto& names = JsonCodec<T>::names();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return JsonCodec<T>::at(i);
  }
  return std::nullopt;
}

}  // namespace greenroom::wire
