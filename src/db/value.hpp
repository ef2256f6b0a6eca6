// A column's value, and how C++ types become one and come back. The set of types is what SQLite and PostgreSQL both
// have: null, 64-bit integer, double, text, bytes. Ids are text (36 characters: readable in any tool, sorts by time),
// times are microseconds since 1970 as integers, booleans are 0 and 1, described enums (db/enum_column.hpp) are text.
#pragma once
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/id.hpp"
#include "base/time.hpp"

namespace greenroom::db {

// What a statement is given. (An id is kept where it stands: most statements have one, few have a text.)
using Value = std::variant<std::monostate, std::int64_t, double, std::string, base::Bytes, base::UuidText>;

// What a column holds, where the database has it: good until the next row.
using ValueView = std::variant<std::monostate, std::int64_t, double, std::string_view, base::ByteView>;

ValueView view_of(const Value& value);

// How T is stored. read() answers false when the value is not one that write() makes.
template <class T>
struct Column;

template <class T>
requires std::integral<T>
struct Column<T> {
  static Value write(T v) { return std::int64_t(v); }
  static bool read(const ValueView& from, T& to) {
    const auto* v = std::get_if<std::int64_t>(&from);
    if (!v || !std::in_range<std::conditional_t<std::is_same_v<T, bool>, unsigned char, T>>(*v)) return false;
    to = T(*v);
    return true;
  }
};

template <>
struct Column<double> {
  static Value write(double v) { return v; }
  static bool read(const ValueView& from, double& to) {
    if (const auto* whole = std::get_if<std::int64_t>(&from)) return to = double(*whole), true;
    const auto* v = std::get_if<double>(&from);
    return v && (to = *v, true);
  }
};

template <>
struct Column<std::string> {
  static Value write(std::string v) { return v; }
  static bool read(const ValueView& from, std::string& to) {
    const auto* v = std::get_if<std::string_view>(&from);
    return v && (to = *v, true);
  }
};

template <>
struct Column<base::Bytes> {
  static Value write(base::Bytes v) { return v; }
  static bool read(const ValueView& from, base::Bytes& to) {
    const auto* v = std::get_if<base::ByteView>(&from);
    return v && (to.assign(v->begin(), v->end()), true);
  }
};

template <>
struct Column<base::WallTime> {
  static Value write(base::WallTime v) { return base::to_micros(v); }
  static bool read(const ValueView& from, base::WallTime& to) {
    const auto* v = std::get_if<std::int64_t>(&from);
    return v && (to = base::wall_from_micros(*v), true);
  }
};

template <class Tag>
struct Column<base::Id<Tag>> {
  static Value write(const base::Id<Tag>& v) { return base::to_text(v.uuid()); }
  static bool read(const ValueView& from, base::Id<Tag>& to) {
    const auto* text = std::get_if<std::string_view>(&from);
    if (!text) return false;
    auto id = base::Id<Tag>::parse(*text);
    return id && (to = *id, true);
  }
};

template <class T>
struct Column<std::optional<T>> {
  static Value write(const std::optional<T>& v) { return v ? Column<T>::write(*v) : Value{}; }
  static bool read(const ValueView& from, std::optional<T>& to) {
    if (std::holds_alternative<std::monostate>(from)) return to = std::nullopt, true;
    return Column<T>::read(from, to.emplace());
  }
};

// A statement's argument: anything that Column stores, made implicitly so that calls read as lists of values.
class Parameter {
 public:
  Parameter(const char* text) : value_(std::string(text)) {}
  Parameter(std::string_view text) : value_(std::string(text)) {}
  Parameter(std::nullopt_t) {}
  template <class T>
  requires requires(const T& v) { Column<T>::write(v); }
  Parameter(const T& v) : value_(Column<T>::write(v)) {}
  ValueView view() const { return view_of(value_); }

 private:
  Value value_;
};

}  // namespace greenroom::db
