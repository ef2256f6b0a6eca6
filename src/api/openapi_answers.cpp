#include "api/openapi_answers.hpp"

#include <array>

#include "api/idempotency.hpp"

namespace greenroom::api {
namespace {

using boost::json::array;
using boost::json::object;

struct Header {
  std::string_view name;
  std::string_view description;
};
constexpr std::array headers = {
    Header{"X-Request-Id", "Names this request in the server's log"},
    Header{"ETag", "The revision, quoted: for If-Match"},
    Header{"Link", "The next page, rel=\"next\" (RFC 8288)"},
    Header{"Location", "The URL of what was made"},
    Header{"Idempotency-Replayed", "\"true\": this answer was given before, nothing happened now"},
    Header{"RateLimit-Policy", "How many requests (q) in how many seconds (w)"},
    Header{"RateLimit", "How many requests remain (r), and in how many seconds all are back (t)"},
    Header{"Retry-After", "Seconds to wait before trying again"},
    Header{"WWW-Authenticate", "How to say who is asking"},
};

struct Refusal {
  int status;
  std::string_view name;
  std::string_view description;
};
constexpr std::array refusals = {
    Refusal{400, "Invalid", "The request is not valid; `errors` names the fields"},
    Refusal{401, "SignIn", "Nobody is signed in, or the token does not hold"},
    Refusal{403, "Forbidden", "Not allowed"},
    Refusal{404, "NotFound", "There is no such thing, or not for this caller"},
    Refusal{409, "Conflict", "Not possible in this state; or a request with this Idempotency-Key is still running"},
    Refusal{412, "Changed", "It has another revision than If-Match names"},
    Refusal{415, "UnsupportedMediaType", "The body is of another type than this operation takes"},
    Refusal{422, "KeyReused", "The Idempotency-Key belongs to a request with another body"},
    Refusal{429, "TooMany", "Too many requests; see Retry-After"},
    Refusal{503, "Unavailable", "Not just now; see Retry-After"},
};

object reference(std::string_view kind, std::string_view name) {
  return {{"$ref", fmt::format("#/components/{}/{}", kind, name)}};
}

bool changes(const Operation& about) {
  return about.method != "GET" && about.method != "HEAD" && about.method != "OPTIONS";
}

void name_header(object& answer, std::string_view name) {
  if (!answer.contains("headers")) answer["headers"] = object();
  answer["headers"].as_object()[name] = reference("headers", name);
}

bool is_page(const object& schema) {
  const auto* properties = schema.if_contains("properties");
  return properties && properties->as_object().contains("nextCursor");
}

object good_answer(const Route& route, wire::SchemaSet& set) {
  object good{{"description", "Success"}};
  bool page = false;
  if (route.output) {
    object schema = route.output(set);
    const auto* name = schema.if_contains("$ref");
    const auto known = name ? set.by_name.find(std::string(name->as_string().subview(21))) : set.by_name.end();
    page = known != set.by_name.end() && is_page(known->second);
    good["content"] = media_content(route.about.answers, std::move(schema)).at("content");
  } else if (route.raw && !route.about.answers.empty()) {
    good["content"] = media_content(route.about.answers, {}).at("content");
  }
  name_header(good, "X-Request-Id");
  if (!route.about.unlimited) name_header(good, "RateLimit-Policy"), name_header(good, "RateLimit");
  if (page) name_header(good, "Link");
  if (route.about.status == 201) name_header(good, "Location");
  if (route.about.revisioned && route.about.method != "DELETE") name_header(good, "ETag");
  if (keeps_answers(route)) name_header(good, "Idempotency-Replayed");
  return good;
}

bool has_names(const Route& route) { return route.about.pattern.find('{') != std::string::npos; }

bool takes_input(const Route& route) {
  return (route.input && !route.input_properties.empty()) || !route.about.takes.empty();
}

bool may_answer(const Route& route, int status) {
  const Operation& about = route.about;
  const bool body = !about.takes.empty() || (route.input && changes(about) && about.method != "DELETE");
  switch (status) {
    case 400:
      return takes_input(route) || about.revisioned || keeps_answers(route);
    case 401:
      return about.auth != Auth::nobody;
    case 403:
      return about.auth != Auth::nobody || changes(about);
    case 404:
      return has_names(route);
    case 409:
      return changes(about);
    case 412:
      return about.revisioned && changes(about);
    case 415:
      return body && takes_input(route);
    case 422:
      return keeps_answers(route);
    case 429:
      return !about.unlimited || about.burst > 0;
    default:
      return true;  // 503
  }
}

object problem_answer(std::string_view description) {
  object problem = media_content("application/problem+json", reference("schemas", "Problem"));
  problem["description"] = description;
  return problem;
}

}  // namespace

object media_content(std::string_view media_type, object schema) {
  return {{"content", {{media_type, {{"schema", std::move(schema)}}}}}};
}

object describe_answers(const Route& route, wire::SchemaSet& set) {
  const object good = good_answer(route, set);
  const bool empty = !good.contains("content");
  object all;
  all[std::to_string(empty && !route.raw && route.about.status == 200 ? 204 : route.about.status)] = good;
  for (int status : route.about.also) {
    object other = good;
    if (status / 100 == 3) other.erase("content");  // the answer is elsewhere
    all[std::to_string(status)] = std::move(other);
  }
  for (const Refusal& refusal : refusals) {
    const std::string status = std::to_string(refusal.status);
    if (may_answer(route, refusal.status) && !all.contains(status)) all[status] = reference("responses", refusal.name);
  }
  all["default"] = reference("responses", "Problem");
  return all;
}

array header_parameters(const Route& route) {
  const auto text = [](std::string_view name, std::string_view what) -> object {
    return {
        {"name", name}, {"in", "header"}, {"required", false}, {"description", what}, {"schema", {{"type", "string"}}}};
  };
  array parameters;
  if (route.about.revisioned && changes(route.about)) {
    parameters.push_back(text("If-Match", "The revision that is to be changed, as ETag gave it"));
  }
  if (keeps_answers(route)) {
    parameters.push_back(
        text("Idempotency-Key", "Any name for this request: sent again with it, it happens once (24 h)"));
  }
  return parameters;
}

object answer_components() {
  object all;
  for (const Refusal& refusal : refusals) {
    object answer = problem_answer(refusal.description);
    name_header(answer, "X-Request-Id");
    if (refusal.status == 401) name_header(answer, "WWW-Authenticate");
    if (refusal.status == 429 || refusal.status == 503) name_header(answer, "Retry-After");
    all[refusal.name] = std::move(answer);
  }
  all["Problem"] = problem_answer("What went wrong (RFC 9457)");
  return all;
}

object header_components() {
  object all;
  for (const Header& header : headers) {
    all[header.name] = object{{"description", header.description}, {"schema", {{"type", "string"}}}};
  }
  return all;
}

}  // namespace greenroom::api
