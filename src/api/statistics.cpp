#include "api/statistics.hpp"

#include <fmt/format.h>

#include <cmath>

namespace greenroom::api {
namespace {

std::string_view type_name(MetricType type) {
  switch (type) {
    case MetricType::counter:
      return "counter";
    case MetricType::gauge:
      return "gauge";
    case MetricType::histogram:
      return "histogram";
  }
  return "untyped";
}

std::string escaped(std::string_view text, bool quotes) {
  std::string out;
  for (char c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || (quotes && c == '"')) out += '\\';
    out += c;
  }
  return out;
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

void print_sample(std::string& out, const MetricFamily& family, const MetricSample& sample) {
  out += family.name + sample.suffix;
  std::string_view separator = "{";
  for (const auto& [name, value] : sample.labels) {
    out += fmt::format("{}{}=\"{}\"", separator, name, escaped(value, true));
    separator = ",";
  }
  if (!sample.labels.empty()) out += '}';
  out += ' ' + number(sample.value) + '\n';
}

}  // namespace

std::string print_metrics(const std::vector<MetricFamily>& families) {
  std::string out;
  for (const MetricFamily& family : families) {
    out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", family.name, escaped(family.help, false), family.name,
                       type_name(family.type));
    for (const MetricSample& sample : family.samples) print_sample(out, family, sample);
  }
  return out;
}

}  // namespace greenroom::api
