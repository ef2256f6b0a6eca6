#include "api/openapi.hpp"

#include <algorithm>
#include <set>

#include "api/api.hpp"
#include "api/openapi_answers.hpp"
#include "api/rest/rest.hpp"
#include "base/text.hpp"

namespace greenroom::api {
namespace {

using boost::json::array;
using boost::json::object;

constexpr std::string_view schema_prefix = "#/components/schemas/";

object reference(std::string_view name) { return {{"$ref", std::string(schema_prefix) + std::string(name)}}; }

bool in_path(const Route& route, std::string_view name) {
  return std::find(route.segments.begin(), route.segments.end(), "{" + std::string(name) + "}") != route.segments.end();
}

bool takes_body(const Operation& about) {
  return about.method != "GET" && (about.method != "DELETE" || about.delete_body);
}

object parameter(std::string_view name, std::string_view place, bool required, object schema) {
  return {{"name", name}, {"in", place}, {"required", required}, {"schema", std::move(schema)}};
}

// Any one of these will do. An API key does only where the operation names what it must be allowed.
array security(const Operation& about) {
  array any;
  const bool users = about.auth == Auth::user || about.auth == Auth::any;
  if (users) any.push_back(object{{"cookie", array()}});
  if (users) any.push_back(object{{"accessToken", array()}});
  if (users && !about.scope.empty()) any.push_back(object{{"apiKey", array{boost::json::value(about.scope)}}});
  if (about.auth == Auth::participant || about.auth == Auth::any) any.push_back(object{{"participantToken", array()}});
  return any;
}

// The parameters of a route that reads the request itself: the names in its path.
array path_parameters(const Route& route) {
  array parameters;
  for (const std::string& segment : route.segments) {
    if (segment.starts_with('{')) {
      parameters.push_back(parameter(segment.substr(1, segment.size() - 2), "path", true, {{"type", "string"}}));
    }
  }
  return parameters;
}

// Divides a handler's input into path and query parameters and the body.
struct Inputs {
  array parameters;
  object body_properties;
  array body_required;
};

Inputs divide(const Route& route, const object& input) {
  Inputs inputs;
  for (const auto& [name, schema] : input.at("properties").as_object()) {
    if (in_path(route, name)) {
      inputs.parameters.push_back(parameter(name, "path", true, schema.as_object()));
    } else if (!takes_body(route.about)) {
      inputs.parameters.push_back(parameter(name, "query", is_required(input, name), schema.as_object()));
    } else {
      inputs.body_properties[name] = schema;
      if (is_required(input, name)) inputs.body_required.emplace_back(name);
    }
  }
  return inputs;
}

void put_body(object& operation, Inputs inputs, std::string_view name, wire::SchemaSet& set) {
  object schema{{"type", "object"}, {"properties", std::move(inputs.body_properties)}};
  const bool required = !inputs.body_required.empty();
  if (required) schema["required"] = std::move(inputs.body_required);
  set.by_name[std::string(name)] = std::move(schema);
  object body = media_content("application/json", reference(name));
  body["required"] = required;
  operation["requestBody"] = std::move(body);
}

void add_header_parameters(const Route& route, object& operation) {
  for (auto& one : header_parameters(route)) {
    if (!operation.contains("parameters")) operation["parameters"] = array();
    operation["parameters"].as_array().push_back(std::move(one));
  }
}

object describe_route(const Route& route, wire::SchemaSet& set) {
  object operation{{"operationId", route.about.id},
                   {"summary", route.about.summary},
                   {"tags", array{boost::json::value(route.about.tag)}},
                   {"security", security(route.about)}};
  if (!route.input) {
    if (auto parameters = path_parameters(route); !parameters.empty()) operation["parameters"] = std::move(parameters);
    if (!route.about.takes.empty()) operation["requestBody"] = media_content(route.about.takes, {});
  } else {
    Inputs inputs = divide(route, route.input(&set));
    if (!inputs.parameters.empty()) operation["parameters"] = std::move(inputs.parameters);
    if (!inputs.body_properties.empty()) put_body(operation, std::move(inputs), route.input_name, set);
  }
  add_header_parameters(route, operation);
  operation["responses"] = describe_answers(route, set);
  return operation;
}

array tags(std::span<const Route> routes) {
  array list;
  std::set<std::string> seen;
  for (const Route& route : routes) {
    if (!route.about.id.empty() && seen.insert(route.about.tag).second)
      list.push_back(object{{"name", route.about.tag}});
  }
  return list;
}

object bearer(std::string_view format, std::string_view description) {
  return {{"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", format}, {"description", description}};
}

object security_schemes() {
  return {{"cookie",
           {{"type", "apiKey"},
            {"in", "cookie"},
            {"name", access_cookie_name},
            {"description", "A browser's login. Requests that change something must come from our own pages."}}},
          {"accessToken", bearer("JWT", "A person's short-lived access token")},
          {"apiKey", bearer("gr_...", "A person's API key, which may do what its scopes say")},
          {"participantToken", bearer("JWT", "One participant of one session, as joining gives it")}};
}

}  // namespace

bool is_required(const object& schema, std::string_view member) {
  const auto* required = schema.if_contains("required");
  if (!required) return false;
  const auto& names = required->as_array();
  return std::any_of(names.begin(), names.end(), [member](const auto& one) { return one.as_string() == member; });
}

object describe_routes(std::span<const Route> routes) {
  wire::SchemaSet set;
  object paths;
  wire::schema<Problem>(set);
  for (const Route& route : routes) {
    if (route.about.id.empty()) continue;
    auto& path = paths[route.about.pattern];
    if (!path.is_object()) path = object();
    path.as_object()[base::lower(route.about.method)] = describe_route(route, set);
  }
  object schemas;
  for (auto& [name, schema] : set.by_name) schemas[name] = std::move(schema);
  return {{"openapi", "3.1.0"},
          {"info",
           {{"title", "Greenroom"},
            {"version", "1"},
            {"description", "Record and hold live sessions in the browser; get a finished result."},
            {"license", {{"name", "MIT"}, {"identifier", "MIT"}}}}},
          {"tags", tags(routes)},
          {"paths", std::move(paths)},
          {"components",
           {{"schemas", std::move(schemas)},
            {"responses", answer_components()},
            {"headers", header_components()},
            {"securitySchemes", security_schemes()}}}};
}

std::string openapi_document() { return wire::print_json_pretty(describe_routes(rest_routes(nullptr))); }

}  // namespace greenroom::api
