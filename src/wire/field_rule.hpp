// What a member of a described struct may hold beyond its type. A struct states it by a function beside it, found by
// argument-dependent lookup; reader and schema of wire/json.hpp both go by it:
//   constexpr wire::FieldRule field_rule(const NewSession*, std::string_view member) { ... }
#pragma once
#include <cstddef>
#include <limits>
#include <string_view>

namespace greenroom::wire {

struct FieldRule {
  static constexpr double none = std::numeric_limits<double>::infinity();
  std::size_t min_length = 0;
  std::size_t max_length = 64 * 1024;  // of a string, in code points
  std::size_t max_items = 1024;        // of an array or a map
  double minimum = -none;
  double maximum = none;
  bool defaulted = false;        // may be absent: the member keeps its default
  std::string_view format = {};  // said in the schema ("email", "uri-reference"), not checked here
};

constexpr FieldRule text_rule(std::size_t min_length, std::size_t max_length, std::string_view format = {}) {
  FieldRule rule;
  rule.min_length = min_length;
  rule.max_length = max_length;
  rule.format = format;
  return rule;
}

constexpr FieldRule number_rule(double minimum, double maximum) {
  FieldRule rule;
  rule.minimum = minimum;
  rule.maximum = maximum;
  return rule;
}

constexpr FieldRule defaulted_rule() {
  FieldRule rule;
  rule.defaulted = true;
  return rule;
}

}  // namespace greenroom::wire
