#include <fmt/format.h>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <charconv>
#include <cmath>

#include "wire/json_place.hpp"

namespace greenroom::wire {
namespace {

namespace json = boost::json;

constexpr base::ErrorCode bad_json{base::ErrorKind::invalid, "wire.bad_json"};

// From the parser's events to a value. Boost's own builder takes the parser's doubles, which in Boost 1.81 differ in
// the last bit from what is written for one in ten of seventeen digits: what a client sends must come back unchanged.
struct Builder {
  static constexpr std::size_t max_object_size = json::object::max_size();
  static constexpr std::size_t max_array_size = json::array::max_size();
  static constexpr std::size_t max_key_size = json::string::max_size();
  static constexpr std::size_t max_string_size = json::string::max_size();
  using Error = json::error_code;

  bool on_document_begin(Error&) { return true; }
  bool on_document_end(Error&) { return true; }
  bool on_object_begin(Error&) { return true; }
  bool on_object_end(std::size_t members, Error&) { return stack.push_object(members), true; }
  bool on_array_begin(Error&) { return true; }
  bool on_array_end(std::size_t items, Error&) { return stack.push_array(items), true; }
  bool on_key_part(std::string_view text, std::size_t, Error&) { return stack.push_chars(text), true; }
  bool on_key(std::string_view text, std::size_t, Error&) { return stack.push_key(text), true; }
  bool on_string_part(std::string_view text, std::size_t, Error&) { return stack.push_chars(text), true; }
  bool on_string(std::string_view text, std::size_t, Error&) { return stack.push_string(text), true; }
  bool on_number_part(std::string_view, Error&) { return true; }
  bool on_int64(std::int64_t value, std::string_view, Error&) { return stack.push_int64(value), true; }
  bool on_uint64(std::uint64_t value, std::string_view, Error&) { return stack.push_uint64(value), true; }
  // The text is whole, because the document is. What is too large for a double is refused (RFC 7493 section 2.2): it
  // could not be printed again. What is too small is what Boost makes of it, 0.
  bool on_double(double value, std::string_view text, Error& error) {
    std::from_chars(text.data(), text.data() + text.size(), value);
    if (!std::isfinite(value)) error = json::error::exponent_overflow;
    return stack.push_double(value), !error;
  }
  bool on_bool(bool value, Error&) { return stack.push_bool(value), true; }
  bool on_null(Error&) { return stack.push_null(), true; }
  bool on_comment_part(std::string_view, Error&) { return true; }
  bool on_comment(std::string_view, Error&) { return true; }

  json::value_stack stack;
};

}  // namespace

base::Result<json::value> parse_json(std::string_view text, std::size_t max_depth) {
  json::parse_options options;
  options.max_depth = max_depth;
  json::basic_parser<Builder> parser(options);
  parser.handler().stack.reset();
  json::error_code error;
  const auto taken = parser.write_some(false, text.data(), text.size(), error);
  if (!error && taken < text.size()) error = json::error::extra_data;
  if (error) return base::fail(bad_json, fmt::format("not valid JSON: {}", error.message()));
  return parser.handler().stack.release();
}

}  // namespace greenroom::wire
