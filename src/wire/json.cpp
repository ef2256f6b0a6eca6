#include "wire/json.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>

namespace greenroom::wire {
namespace {

constexpr double exact_integer_limit = 9007199254740992.0;  // 2^53: beyond it a double no longer says which integer

std::size_t code_points(std::string_view text) {
  std::size_t count = 0;
  for (char c : text) count += (std::uint8_t(c) & 0xc0) != 0x80;
  return count;
}

bool in_range(double number, const JsonPlace& place) {
  const FieldRule& rule = place.rule();
  if (number < rule.minimum) return place.fail(fmt::format("must be at least {}", rule.minimum)), false;
  if (number > rule.maximum) return place.fail(fmt::format("must be at most {}", rule.maximum)), false;
  return true;
}

bool is_whole(const boost::json::value& value) {
  return value.is_double() && std::trunc(value.get_double()) == value.get_double() &&
         std::abs(value.get_double()) <= exact_integer_limit;
}

void put_limits(boost::json::object& schema, double low, double high) {
  const auto put = [&](const char* name, double limit) {
    if (!std::isfinite(limit)) return;
    if (std::abs(limit) <= exact_integer_limit && std::trunc(limit) == limit) {
      schema[name] = std::int64_t(limit);
    } else if (std::abs(limit) <= exact_integer_limit) {
      schema[name] = limit;
    }
  };
  put("minimum", low);
  put("maximum", high);
}

void pretty(const boost::json::value& value, std::string& out, std::size_t indent);

void pretty_object(const boost::json::object& object, std::string& out, std::size_t indent) {
  out += "{\n";
  for (auto it = object.begin(); it != object.end(); ++it) {
    out.append(indent + 2, ' ');
    out += boost::json::serialize(it->key()) + ": ";
    pretty(it->value(), out, indent + 2);
    out += std::next(it) == object.end() ? "\n" : ",\n";
  }
  out.append(indent, ' ') += '}';
}

void pretty_array(const boost::json::array& array, std::string& out, std::size_t indent) {
  out += "[\n";
  for (std::size_t i = 0; i < array.size(); ++i) {
    out.append(indent + 2, ' ');
    pretty(array[i], out, indent + 2);
    out += i + 1 == array.size() ? "\n" : ",\n";
  }
  out.append(indent, ' ') += ']';
}

void pretty(const boost::json::value& value, std::string& out, std::size_t indent) {
  if (value.is_object() && !value.get_object().empty()) return pretty_object(value.get_object(), out, indent);
  if (value.is_array() && !value.get_array().empty()) return pretty_array(value.get_array(), out, indent);
  out += boost::json::serialize(value);
}

}  // namespace

void JsonPlace::fail(std::string message) const {
  if (errors_->size() < max_field_errors) errors_->push_back({path(), std::move(message)});
}

std::string JsonPlace::path() const {
  if (!parent_) return {};
  std::string above = parent_->path();
  if (name_.empty()) return fmt::format("{}[{}]", above, index_);
  return above.empty() ? std::string(name_) : fmt::format("{}.{}", above, name_);
}

std::string print_json(const boost::json::value& value) { return boost::json::serialize(value); }

void print_json(const boost::json::value& value, std::string& out) { out += boost::json::serialize(value); }

std::string print_json_pretty(const boost::json::value& value) {
  std::string out;
  pretty(value, out, 0);
  return out += '\n';
}

std::string describe(const std::vector<FieldError>& errors) {
  std::string text;
  for (const auto& [path, message] : errors) {
    if (!text.empty()) text += "; ";
    text += path.empty() ? message : fmt::format("{}: {}", path, message);
  }
  return text;
}

namespace detail {

void read_bool(const boost::json::value& value, const JsonPlace& place, bool& out) {
  if (!value.is_bool()) return place.fail("expected true or false");
  out = value.get_bool();
}

void read_integer(const boost::json::value& value, const JsonPlace& place, std::int64_t low, std::int64_t high,
                  std::int64_t& out) {
  std::int64_t number = 0;
  if (value.is_int64()) {
    number = value.get_int64();
  } else if (is_whole(value)) {
    number = std::int64_t(value.get_double());
  } else {
    return place.fail(value.is_uint64() ? "is out of range" : "expected an integer");
  }
  if (number < low || number > high) return place.fail(fmt::format("must be between {} and {}", low, high));
  if (in_range(double(number), place)) out = number;
}

void read_unsigned(const boost::json::value& value, const JsonPlace& place, std::uint64_t high, std::uint64_t& out) {
  if (!value.is_uint64()) {
    std::int64_t number = 0;
    const auto top = std::int64_t(std::min<std::uint64_t>(high, std::numeric_limits<std::int64_t>::max()));
    read_integer(value, place, 0, top, number);
    out = std::uint64_t(number);
  } else if (value.get_uint64() > high) {
    place.fail(fmt::format("must be between 0 and {}", high));
  } else if (in_range(double(value.get_uint64()), place)) {
    out = value.get_uint64();
  }
}

void read_number(const boost::json::value& value, const JsonPlace& place, double& out) {
  if (!value.is_number()) return place.fail("expected a number");
  const double number = value.to_number<double>();
  if (!std::isfinite(number)) return place.fail("is out of range");
  if (in_range(number, place)) out = number;
}

void read_string(const boost::json::value& value, const JsonPlace& place, std::string& out) {
  if (!value.is_string()) return place.fail("expected a string");
  const std::string_view text = value.get_string();
  const FieldRule& rule = place.rule();
  const std::size_t length = code_points(text);
  if (length < rule.min_length) {
    return place.fail(length == 0 ? "must not be empty"
                                  : fmt::format("must have at least {} characters", rule.min_length));
  }
  if (length > rule.max_length) return place.fail(fmt::format("must have at most {} characters", rule.max_length));
  if (text.find('\0') != text.npos) return place.fail("must not contain a NUL character");
  out = text;
}

void read_wall_time(const boost::json::value& value, const JsonPlace& place, base::WallTime& out) {
  if (!value.is_string()) return place.fail("expected a time such as 2026-01-31T09:30:00Z");
  auto time = base::parse_rfc3339(value.get_string());
  if (!time) return place.fail("expected a time such as 2026-01-31T09:30:00Z");
  out = *time;
}

bool read_uuid(const boost::json::value& value, const JsonPlace& place, base::Uuid& out) {
  if (!value.is_string()) return place.fail("expected an id"), false;
  auto uuid = base::parse_uuid(value.get_string());
  if (!uuid) return place.fail(uuid.error().what), false;
  out = *uuid;
  return true;
}

void print_string(std::string_view text, std::string& out) {
  constexpr std::string_view hex = "0123456789abcdef";
  constexpr std::string_view named = "btn.fr";  // of \b to \r
  out += '"';
  for (const char c : text) {
    const auto byte = std::uint8_t(c);
    if (byte >= 0x20 && c != '"' && c != '\\') {
      out += c;
      continue;
    }
    out += '\\';
    if (byte >= 0x20) {
      out += c;
    } else if (c >= '\b' && c <= '\r' && c != '\v') {
      out += named[std::size_t(c - '\b')];
    } else {
      ((out += "u00") += hex[byte >> 4]) += hex[byte & 15];
    }
  }
  out += '"';
}

void print_integer(std::int64_t value, std::string& out) {
  const fmt::format_int text(value);
  out.append(text.data(), text.size());
}

void print_unsigned(std::uint64_t value, std::string& out) {
  const fmt::format_int text(value);
  out.append(text.data(), text.size());
}

void print_uuid(const base::Uuid& uuid, std::string& out) {
  const auto text = base::to_text(uuid);
  ((out += '"').append(text.data(), text.size())) += '"';
}

const boost::json::array* read_array(const boost::json::value& value, const JsonPlace& place) {
  const auto* array = value.if_array();
  if (!array) return place.fail("expected an array"), nullptr;
  const std::size_t most = place.rule().max_items;
  if (array->size() > most) return place.fail(fmt::format("must have at most {} items", most)), nullptr;
  return array;
}

const boost::json::object* read_object(const boost::json::value& value, const JsonPlace& place, bool bounded) {
  const auto* object = value.if_object();
  if (!object) return place.fail("expected an object"), nullptr;
  const std::size_t most = place.rule().max_items;
  if (bounded && object->size() > most) return place.fail(fmt::format("must have at most {} entries", most)), nullptr;
  return object;
}

std::size_t read_choice(const boost::json::value& value, const JsonPlace& place,
                        const std::vector<std::string_view>& names) {
  if (value.is_string()) {
    const auto found = std::find(names.begin(), names.end(), std::string_view(value.get_string()));
    if (found != names.end()) return std::size_t(found - names.begin());
  }
  place.fail(fmt::format("expected one of {}", fmt::join(names, ", ")));
  return names.size();
}

const boost::json::value* find_member(const boost::json::object& object, std::string_view name, const JsonPlace& place,
                                      bool may_be_absent) {
  const auto* value = object.if_contains(name);
  if (value && !(may_be_absent && value->is_null())) return value;
  if (!value && !may_be_absent) place.fail("is required");
  return nullptr;
}

boost::json::object integer_schema(const FieldRule& rule, double low, double high, std::string_view format) {
  boost::json::object schema{{"type", "integer"}, {"format", boost::json::string(format)}};
  put_limits(schema, std::max(low, rule.minimum), std::min(high, rule.maximum));
  return schema;
}

boost::json::object number_schema(const FieldRule& rule) {
  boost::json::object schema{{"type", "number"}};
  put_limits(schema, rule.minimum, rule.maximum);
  return schema;
}

boost::json::object string_schema(const FieldRule& rule, std::string_view format) {
  boost::json::object schema{{"type", "string"}};
  if (format.empty()) format = rule.format;
  if (!format.empty()) schema["format"] = boost::json::string(format);
  if (rule.min_length > 0) schema["minLength"] = rule.min_length;
  if (rule.max_length != FieldRule().max_length) schema["maxLength"] = rule.max_length;
  return schema;
}

boost::json::object array_schema(const FieldRule& rule, boost::json::object items) {
  boost::json::object schema{{"type", "array"}, {"items", std::move(items)}};
  if (rule.max_items != FieldRule().max_items) schema["maxItems"] = rule.max_items;
  return schema;
}

boost::json::object map_schema(boost::json::object entries) {
  return {{"type", "object"}, {"additionalProperties", std::move(entries)}};
}

boost::json::object choice_schema(const std::vector<std::string_view>& names) {
  boost::json::array list;
  for (std::string_view name : names) list.push_back(boost::json::string(name));
  return {{"type", "string"}, {"enum", std::move(list)}};
}

boost::json::object named_schema(SchemaSet* set, std::string_view name, boost::json::object (*make)(SchemaSet*)) {
  if (!set) return make(nullptr);
  const std::string key(name);
  if (set->by_name.emplace(key, boost::json::object()).second) set->by_name[key] = make(set);
  return {{"$ref", "#/components/schemas/" + key}};
}

}  // namespace detail
}  // namespace greenroom::wire
