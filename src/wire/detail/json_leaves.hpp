// What the codecs of json_codec.hpp do with single values, compiled once.
#pragma once
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "base/time.hpp"
#include "wire/json_place.hpp"

namespace greenroom::wire::detail {

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

}  // namespace greenroom::wire::detail
