#include "db/detail/postgresql_values.hpp"

#include <charconv>

namespace greenroom::db {

namespace {

constexpr int format_text = 0, format_binary = 1;

// Of pg_type.dat; they never change.
constexpr Oid type_bool = 16, type_bytea = 17, type_int8 = 20, type_int2 = 21, type_int4 = 23, type_float4 = 700,
              type_float8 = 701, type_numeric = 1700;

template <class T>
ValueView number(std::string_view text) {
  T value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::uint8_t nibble(char c) { return std::uint8_t(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10); }

// bytea_output = hex: \x0001ff
base::Bytes bytes(std::string_view text) {
  base::Bytes out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 2; i + 1 < text.size(); i += 2)
    out.push_back(std::uint8_t(nibble(text[i]) << 4 | nibble(text[i + 1])));
  return out;
}

ValueView parse(Oid type, std::string_view text) {
  switch (type) {
    case type_bool:
      return std::int64_t(text == "t");
    case type_int2:
    case type_int4:
    case type_int8:
      return number<std::int64_t>(text);
    case type_float4:
    case type_float8:
      return number<double>(text);
    case type_numeric:  // sum() of BIGINT; SQLite gives an integer too
      return text.find('.') == text.npos ? number<std::int64_t>(text) : number<double>(text);
    default:
      return text;
  }
}

}  // namespace

WireValues::WireValues(std::span<const Parameter> parameters) {
  kept_.reserve(parameters.size());  // texts_ points into them
  for (const Parameter& parameter : parameters) add(parameter.view());
}

void WireValues::add_text(std::string text) {
  kept_.push_back(std::move(text));
  texts_.push_back(kept_.back().c_str());
  lengths_.push_back(int(kept_.back().size()));
  formats_.push_back(format_text);
}

void WireValues::add(const ValueView& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return add_text(fmt::format("{}", *whole));
  if (const auto* real = std::get_if<double>(&value)) return add_text(fmt::format("{}", *real));
  if (const auto* text = std::get_if<std::string_view>(&value)) return add_text(std::string(*text));
  const auto* raw = std::get_if<base::ByteView>(&value);
  texts_.push_back(!raw ? nullptr : raw->empty() ? "" : reinterpret_cast<const char*>(raw->data()));
  lengths_.push_back(raw ? int(raw->size()) : 0);
  formats_.push_back(raw ? format_binary : format_text);
}

WireRow::WireRow(const PGresult* result) {
  const int columns = PQnfields(result);
  values_.reserve(std::size_t(columns));
  decoded_.reserve(std::size_t(columns));
  for (int i = 0; i < columns; ++i) {
    const std::string_view text(PQgetvalue(result, 0, i), std::size_t(PQgetlength(result, 0, i)));
    if (PQgetisnull(result, 0, i)) {
      values_.emplace_back();
    } else if (PQftype(result, i) == type_bytea) {
      values_.push_back(base::ByteView(decoded_.emplace_back(bytes(text))));
    } else {
      values_.push_back(parse(PQftype(result, i), text));
    }
  }
}

}  // namespace greenroom::db
