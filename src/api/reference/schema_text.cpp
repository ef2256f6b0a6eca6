#include "api/reference/schema_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "api/openapi.hpp"
#include "base/text.hpp"

namespace greenroom::api {
namespace {

using boost::json::object;

std::string named(const object& schema) {
  const auto reference = text_of(schema, "$ref");
  if (reference.empty()) return {};
  const auto name = base::escape_html(reference.substr(reference.rfind('/') + 1));
  return fmt::format("<a href=\"#schema-{0}\">{0}</a>", name);
}

std::string choices(const object& schema) {
  const auto* names = schema.if_contains("enum");
  if (!names) return {};
  std::string out;
  for (const auto& name : names->as_array()) {
    if (!out.empty()) out += " | ";
    out += "<code>" + base::escape_html(boost::json::serialize(name)) + "</code>";
  }
  return out;
}

std::string bounds(const object& schema) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> words = {
      {{"minimum", "at least {}"},
       {"maximum", "at most {}"},
       {"minLength", "{} characters or more"},
       {"maxLength", "at most {} characters"},
       {"minItems", "at least {} items"},
       {"maxItems", "at most {} items"}}};
  std::string out;
  for (const auto& [name, phrase] : words) {
    if (const auto* value = schema.if_contains(name)) {
      out += ", " + fmt::format(fmt::runtime(phrase), base::escape_html(boost::json::serialize(*value)));
    }
  }
  return out;
}

// "string" or, of OpenAPI 3.1's ["string", "null"], the first.
std::string_view base_type(const object& schema) {
  const auto* type = schema.if_contains("type");
  if (!type) return {};
  if (type->is_string()) return type->get_string();
  return type->is_array() && !type->get_array().empty() ? std::string_view(type->get_array().front().as_string())
                                                        : std::string_view();
}

}  // namespace

std::string_view text_of(const object& in, std::string_view name) {
  const auto* value = in.if_contains(name);
  return value && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

std::string type_html(const object& schema) {
  if (auto name = named(schema); !name.empty()) return name;
  if (auto names = choices(schema); !names.empty()) return names;
  const auto type = base_type(schema);
  if (type == "array" && schema.contains("items"))
    return "list of " + type_html(schema.at("items").as_object()) + bounds(schema);
  std::string out = type.empty() ? "any" : base::escape_html(type);
  if (const auto format = text_of(schema, "format"); !format.empty()) out += ", " + base::escape_html(format);
  return out + bounds(schema);
}

std::string members_html(const object& schema) {
  const auto* properties = schema.if_contains("properties");
  if (!properties || properties->as_object().empty()) return {};
  std::string rows;
  for (const auto& [name, member] : properties->as_object()) {
    rows += fmt::format("<tr><th scope=\"row\"><code>{}</code>{}</th><td>{}</td></tr>", base::escape_html(name),
                        is_required(schema, name) ? "" : " <span class=\"quiet\">optional</span>",
                        type_html(member.as_object()));
  }
  return "<table>" + rows + "</table>";
}

}  // namespace greenroom::api
