// JsonCodec<T>: how a T is read, written, printed and described, for the types that JSON has and those that hold them.
#pragma once
#include <cmath>
#include <concepts>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "wire/detail/json_leaves.hpp"
#include "wire/detail/json_names.hpp"

namespace greenroom::wire {

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

}  // namespace greenroom::wire
