// Described structs <-> JSON, and their schemas, from one description (BOOST_DESCRIBE_STRUCT / BOOST_DESCRIBE_ENUM).
// Members are snake_case here and camelCase on the wire; enumerators are themselves; a trailing underscore (a C++
// keyword as a name) is dropped. Unknown fields are ignored; an absent or null optional is nullopt, and a nullopt is
// not printed. Everything wrong with a value is reported, field by field: "codecs[0].mimeType: expected a string". Pure
// functions over values; a type of one's own joins by specialising JsonCodec<T>.
#pragma once
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/id.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "wire/field_rule.hpp"

namespace greenroom::wire {

struct FieldError {
  std::string path;  // "codecs[0].mimeType"; empty: the document as a whole
  std::string message;
  friend bool operator==(const FieldError&, const FieldError&) = default;
};
template <class T>
using JsonResult = tl::expected<T, std::vector<FieldError>>;

inline constexpr std::size_t max_json_depth = 32;
inline constexpr std::size_t max_field_errors = 32;  // what is wrong beyond these is not listed

// Where in a document a value stands: a chain on the stack, turned into text only for an error.
class JsonPlace {
 public:
  JsonPlace(std::vector<FieldError>& errors, const FieldRule& rule) : errors_(&errors), rule_(&rule) {}
  JsonPlace member(std::string_view name, const FieldRule& rule) const { return {*this, name, 0, rule}; }
  JsonPlace entry(std::string_view key) const { return {*this, key, 0, *rule_}; }
  JsonPlace element(std::size_t index) const { return {*this, {}, index, *rule_}; }
  const FieldRule& rule() const { return *rule_; }
  void fail(std::string message) const;
  std::string path() const;

 private:
  JsonPlace(const JsonPlace& parent, std::string_view name, std::size_t index, const FieldRule& rule)
      : errors_(parent.errors_), parent_(&parent), rule_(&rule), name_(name), index_(index) {}

  std::vector<FieldError>* errors_;
  const JsonPlace* parent_ = nullptr;
  const FieldRule* rule_;
  std::string_view name_;
  std::size_t index_ = 0;
};

// Schemas by name, for `components/schemas` of an OpenAPI document. Without a set, schemas are written out in place.
struct SchemaSet {
  std::map<std::string, boost::json::object> by_name;
};

// Parses one document; an error says where the text stopped making sense.
base::Result<boost::json::value> parse_json(std::string_view text, std::size_t max_depth = max_json_depth);
std::string print_json(const boost::json::value& value);
void print_json(const boost::json::value& value, std::string& out);
std::string print_json_pretty(const boost::json::value& value);  // two spaces; golden files

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

void read_bool(const boost::json::value& value, const JsonPlace& place, bool& out);
void read_integer(const boost::json::value& value, const JsonPlace& place, std::int64_t low, std::int64_t high,
                  std::int64_t& out);
void read_unsigned(const boost::json::value& value, const JsonPlace& place, std::uint64_t high, std::uint64_t& out);
void read_number(const boost::json::value& value, const JsonPlace& place, double& out);
void read_string(const boost::json::value& value, const JsonPlace& place, std::string& out);
void read_wall_time(const boost::json::value& value, const JsonPlace& place, base::WallTime& out);
bool read_uuid(const boost::json::value& value, const JsonPlace& place, base::Uuid& out);
void print_string(std::string_view text, std::string& out);  // quoted, escaped as Boost.JSON does
void print_integer(std::int64_t value, std::string& out);
void print_unsigned(std::uint64_t value, std::string& out);
void print_uuid(const base::Uuid& uuid, std::string& out);
const boost::json::array* read_array(const boost::json::value& value, const JsonPlace& place);
const boost::json::object* read_object(const boost::json::value& value, const JsonPlace& place, bool bounded);
// The index of the name that the value is, or of none: names.size().
std::size_t read_choice(const boost::json::value& value, const JsonPlace& place,
                        const std::vector<std::string_view>& names);
// A member's value, or null when it is absent (reported unless that is allowed).
const boost::json::value* find_member(const boost::json::object& object, std::string_view name, const JsonPlace& place,
                                      bool may_be_absent);

boost::json::object integer_schema(const FieldRule& rule, double low, double high, std::string_view format);
boost::json::object number_schema(const FieldRule& rule);
boost::json::object string_schema(const FieldRule& rule, std::string_view format = {});
boost::json::object array_schema(const FieldRule& rule, boost::json::object items);
boost::json::object map_schema(boost::json::object entries);
boost::json::object choice_schema(const std::vector<std::string_view>& names);
boost::json::object named_schema(SchemaSet* set, std::string_view name, boost::json::object (*make)(SchemaSet*));

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

// read(value, place, out): fills out or reports to place. write(value): the JSON. print(value, out), where it pays: its
// text without a tree of values between. schema(rule, set): the JSON Schema.
template <class T>
struct JsonCodec;

template <class T>
void print(const T& value, std::string& out) {
  if constexpr (requires { JsonCodec<T>::print(value, out); }) {
    JsonCodec<T>::print(value, out);
  } else {
    print_json(JsonCodec<T>::write(value), out);
  }
}

template <>
struct JsonCodec<bool> {
  static void read(const boost::json::value& v, const JsonPlace& p, bool& out) { detail::read_bool(v, p, out); }
  static boost::json::value write(bool v) { return v; }
  static void print(bool v, std::string& out) { out += v ? "true" : "false"; }
  static boost::json::object schema(const FieldRule&, SchemaSet*) { return {{"type", "boolean"}}; }
};

template <JsonInteger T>
struct JsonCodec<T> {
  static void read(const boost::json::value& v, const JsonPlace& p, T& out) {
    if constexpr (std::is_signed_v<T>) {
      std::int64_t wide = 0;
      detail::read_integer(v, p, std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), wide);
      out = T(wide);
    } else {
      std::uint64_t wide = 0;
      detail::read_unsigned(v, p, std::numeric_limits<T>::max(), wide);
      out = T(wide);
    }
  }
  static boost::json::value write(T v) {
    if constexpr (std::is_signed_v<T>) return std::int64_t(v);
    return std::uint64_t(v);
  }
  static void print(T v, std::string& out) {
    if constexpr (std::is_signed_v<T>) return detail::print_integer(v, out);
    detail::print_unsigned(std::uint64_t(v), out);
  }
  static boost::json::object schema(const FieldRule& rule, SchemaSet*) {
    // The limits of a wide type say nothing to a reader of the schema.
    constexpr bool narrow = sizeof(T) < 4;
    constexpr double low = narrow || std::is_unsigned_v<T> ? double(std::numeric_limits<T>::min()) : -FieldRule::none;
    constexpr double high = narrow ? double(std::numeric_limits<T>::max()) : FieldRule::none;
    return detail::integer_schema(rule, low, high, sizeof(T) > 4 ? "int64" : "int32");
  }
};

template <>
struct JsonCodec<double> {
  static void read(const boost::json::value& v, const JsonPlace& p, double& out) { detail::read_number(v, p, out); }
  static boost::json::value write(double v) { return std::isfinite(v) ? boost::json::value(v) : nullptr; }
  static boost::json::object schema(const FieldRule& rule, SchemaSet*) { return detail::number_schema(rule); }
};

template <>
struct JsonCodec<std::string> {
  static void read(const boost::json::value& v, const JsonPlace& p, std::string& out) {
    detail::read_string(v, p, out);
  }
  static boost::json::value write(const std::string& v) { return boost::json::string(v); }
  static void print(const std::string& v, std::string& out) { detail::print_string(v, out); }
  static boost::json::object schema(const FieldRule& rule, SchemaSet*) { return detail::string_schema(rule); }
};

template <>
struct JsonCodec<base::WallTime> {
  static void read(const boost::json::value& v, const JsonPlace& p, base::WallTime& out) {
    detail::read_wall_time(v, p, out);
  }
  static boost::json::value write(base::WallTime v) { return boost::json::string(base::to_rfc3339(v)); }
  static void print(base::WallTime v, std::string& out) { detail::print_string(base::to_rfc3339(v), out); }
  static boost::json::object schema(const FieldRule& rule, SchemaSet*) {
    return detail::string_schema(rule, "date-time");
  }
};

template <class Tag>
struct JsonCodec<base::Id<Tag>> {
  static void read(const boost::json::value& v, const JsonPlace& p, base::Id<Tag>& out) {
    base::Uuid uuid;
    if (detail::read_uuid(v, p, uuid)) out = base::Id<Tag>(uuid);
  }
  static boost::json::value write(const base::Id<Tag>& v) { return boost::json::string(v.str()); }
  static void print(const base::Id<Tag>& v, std::string& out) { detail::print_uuid(v.uuid(), out); }
  static boost::json::object schema(const FieldRule& rule, SchemaSet*) { return detail::string_schema(rule, "uuid"); }
};

// Any JSON, kept as it came.
template <>
struct JsonCodec<boost::json::value> {
  static void read(const boost::json::value& v, const JsonPlace&, boost::json::value& out) { out = v; }
  static boost::json::value write(const boost::json::value& v) { return v; }
  static boost::json::object schema(const FieldRule&, SchemaSet*) { return {}; }
};

// Any JSON object, kept as it came.
template <>
struct JsonCodec<boost::json::object> {
  static void read(const boost::json::value& v, const JsonPlace& p, boost::json::object& out) {
    if (const auto* object = detail::read_object(v, p, true)) out = *object;
  }
  static boost::json::value write(const boost::json::object& v) { return v; }
  static boost::json::object schema(const FieldRule&, SchemaSet*) { return {{"type", "object"}}; }
};

template <class T>
struct JsonCodec<std::optional<T>> {
  static void read(const boost::json::value& v, const JsonPlace& p, std::optional<T>& out) {
    if (v.is_null()) return out.reset();
    JsonCodec<T>::read(v, p, out.emplace());
  }
  static boost::json::value write(const std::optional<T>& v) {
    return v ? JsonCodec<T>::write(*v) : boost::json::value(nullptr);
  }
  static void print(const std::optional<T>& v, std::string& out) {
    if (v) return wire::print(*v, out);
    out += "null";
  }
  static boost::json::object schema(const FieldRule& rule, SchemaSet* set) { return JsonCodec<T>::schema(rule, set); }
};

template <class T>
struct JsonCodec<std::vector<T>> {
  static void read(const boost::json::value& v, const JsonPlace& p, std::vector<T>& out) {
    const auto* array = detail::read_array(v, p);
    if (!array) return;
    out.clear();
    for (std::size_t i = 0; i < array->size(); ++i) {
      T element{};
      JsonCodec<T>::read((*array)[i], p.element(i), element);
      out.push_back(std::move(element));
    }
  }
  static boost::json::value write(const std::vector<T>& v) {
    boost::json::array array;
    array.reserve(v.size());
    for (const T& element : v) array.push_back(JsonCodec<T>::write(element));
    return array;
  }
  static void print(const std::vector<T>& v, std::string& out) {
    out += '[';
    for (const T& element : v) {
      if (&element != v.data()) out += ',';
      wire::print(element, out);
    }
    out += ']';
  }
  static boost::json::object schema(const FieldRule& rule, SchemaSet* set) {
    return detail::array_schema(rule, JsonCodec<T>::schema(rule, set));
  }
};

template <class T>
struct JsonCodec<std::map<std::string, T>> {
  static void read(const boost::json::value& v, const JsonPlace& p, std::map<std::string, T>& out) {
    const auto* object = detail::read_object(v, p, true);
    if (!object) return;
    out.clear();
    for (const auto& [key, entry] : *object) JsonCodec<T>::read(entry, p.entry(key), out[std::string(key)]);
  }
  static boost::json::value write(const std::map<std::string, T>& v) {
    boost::json::object object;
    for (const auto& [key, entry] : v) object.emplace(key, JsonCodec<T>::write(entry));
    return object;
  }
  static void print(const std::map<std::string, T>& v, std::string& out) {
    char before = '{';
    for (const auto& [key, entry] : v) {
      out += std::exchange(before, ',');
      detail::print_string(key, out);
      out += ':';
      wire::print(entry, out);
    }
    out += v.empty() ? "{}" : "}";
  }
  static boost::json::object schema(const FieldRule& rule, SchemaSet* set) {
    return detail::map_schema(JsonCodec<T>::schema(rule, set));
  }
};

template <DescribedEnum T>
struct JsonCodec<T> {
  static const std::vector<std::string_view>& names() {
    static const auto list = []<template <class...> class L, class... E>(L<E...>) {
      return std::vector<std::string_view>{detail::without_trailing_underscore(E::name)...};
    }(boost::describe::describe_enumerators<T>());
    return list;
  }
  static T at(std::size_t index) {
    return [index]<template <class...> class L, class... E>(L<E...>) {
      constexpr T values[] = {E::value...};
      return values[index];
    }(boost::describe::describe_enumerators<T>());
  }
  static std::string_view name(T v) {
    return [v]<template <class...> class L, class... E>(L<E...>) {
      std::string_view found;
      ((E::value == v ? void(found = detail::without_trailing_underscore(E::name)) : void()), ...);
      return found;
    }(boost::describe::describe_enumerators<T>());
  }
  static void read(const boost::json::value& v, const JsonPlace& p, T& out) {
    if (const auto index = detail::read_choice(v, p, names()); index < names().size()) out = at(index);
  }
  static boost::json::value write(T v) { return boost::json::string(name(v)); }
  static void print(T v, std::string& out) { (((out += '"') += name(v)) += '"'); }
  static boost::json::object make(SchemaSet*) { return detail::choice_schema(names()); }
  static boost::json::object schema(const FieldRule&, SchemaSet* set) {
    return detail::named_schema(set, detail::type_name<T>(), &make);
  }
};

template <DescribedStruct T>
struct JsonCodec<T> {
  static void read(const boost::json::value& v, const JsonPlace& p, T& out) {
    const auto* object = detail::read_object(v, p, false);
    if (!object) return;
    [&]<template <class...> class L, class... D>(L<D...>) {
      (read_member<D>(*object, p, out), ...);
    }(detail::Members<T>());
  }
  static boost::json::value write(const T& v) {
    boost::json::object object;
    [&]<template <class...> class L, class... D>(L<D...>) {
      object.reserve(sizeof...(D));
      (write_member<D>(object, v), ...);
    }(detail::Members<T>());
    return object;
  }
  static void print(const T& v, std::string& out) {
    out += '{';
    [&]<template <class...> class L, class... D>(L<D...>) {
      [[maybe_unused]] bool first = true;
      (print_member<D>(v, first, out), ...);
    }(detail::Members<T>());
    out += '}';
  }
  static boost::json::object schema(const FieldRule&, SchemaSet* set) {
    return detail::named_schema(set, detail::type_name<T>(), &make);
  }
  static boost::json::object make(SchemaSet* set) {
    boost::json::object properties;
    boost::json::array required;
    [&]<template <class...> class L, class... D>(L<D...>) {
      (schema_member<D>(properties, required, set), ...);
    }(detail::Members<T>());
    boost::json::object object{{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) object["required"] = std::move(required);
    return object;
  }

 private:
  template <class D>
  using Value = std::remove_cvref_t<decltype(std::declval<T&>().*D::pointer)>;

  template <class D>
  static void read_member(const boost::json::object& object, const JsonPlace& p, T& out) {
    const FieldRule rule = detail::rule_of<T>(D::name);
    const JsonPlace place = p.member(detail::wire_name<D>.view(), rule);
    const bool may_be_absent = detail::is_optional<Value<D>> || rule.defaulted;
    const auto* value = detail::reads_null<Value<D>>
                            ? object.if_contains(detail::wire_name<D>.view())
                            : detail::find_member(object, detail::wire_name<D>.view(), place, may_be_absent);
    if (value) {
      JsonCodec<Value<D>>::read(*value, place, out.*D::pointer);
    }
  }
  template <class D>
  static void write_member(boost::json::object& object, const T& v) {
    if constexpr (detail::is_optional<Value<D>>) {
      if (!(v.*D::pointer)) return;
    }
    object.emplace(detail::wire_name<D>.view(), JsonCodec<Value<D>>::write(v.*D::pointer));
  }
  template <class D>
  static void print_member(const T& v, bool& first, std::string& out) {
    if constexpr (detail::is_optional<Value<D>>) {
      if (!(v.*D::pointer)) return;
    }
    if (!std::exchange(first, false)) out += ',';
    ((out += '"') += detail::wire_name<D>.view()) += "\":";
    wire::print(v.*D::pointer, out);
  }
  template <class D>
  static void schema_member(boost::json::object& properties, boost::json::array& required, SchemaSet* set) {
    const FieldRule rule = detail::rule_of<T>(D::name);
    properties.emplace(detail::wire_name<D>.view(), JsonCodec<Value<D>>::schema(rule, set));
    if (!detail::is_optional<Value<D>> && !rule.defaulted) required.emplace_back(detail::wire_name<D>.view());
  }
};

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
