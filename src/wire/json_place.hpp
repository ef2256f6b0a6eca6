// What reading and describing JSON have in common: where a value stands in a document, what is wrong with it, the
// schemas by name, and the text itself.
#pragma once
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "base/result.hpp"
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
using SchemaOf = boost::json::object (*)(SchemaSet&);  // schema<T>

// Parses one document; an error says where the text stopped making sense.
base::Result<boost::json::value> parse_json(std::string_view text, std::size_t max_depth = max_json_depth);
std::string print_json(const boost::json::value& value);
void print_json(const boost::json::value& value, std::string& out);
std::string print_json_pretty(const boost::json::value& value);  // two spaces; golden files

}  // namespace greenroom::wire
