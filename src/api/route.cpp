#include "api/route.hpp"

#include <charconv>

#include "base/text.hpp"
#include "net/entity_tag.hpp"

namespace greenroom::api {
namespace {

bool has_json_body(const Route& route) {
  return route.input && route.about.method != "GET" && (route.about.method != "DELETE" || route.about.delete_body);
}

bool is_json(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  return type == "application/json" || type.ends_with("+json");
}

// A path or query value is text; where the schema wants a number or a truth value and the text is one, it becomes that.
boost::json::value typed_value(const boost::json::object& schema, const std::string& text) {
  const auto* type = schema.if_contains("type");
  if (type && (*type == "integer" || *type == "number" || *type == "boolean")) {
    if (auto value = wire::parse_json(text, 1); value && (value->is_number() || value->is_bool())) return *value;
  }
  return boost::json::string(text);
}

tl::expected<boost::json::object, net::Response> parse_body(const net::Request& request) {
  if (request.body.empty()) return boost::json::object();
  if (!is_json(request.headers.find("Content-Type").value_or(""))) {
    return tl::unexpected(
        problem_response({error_media_type, "send the body as application/json", {}}, request.request_id));
  }
  auto value = wire::parse_json(request.body);
  if (!value) {
    return tl::unexpected(
        problem_response(std::vector<wire::FieldError>{{"", value.error().what}}, request.request_id));
  }
  if (auto* object = value->if_object()) return std::move(*object);
  return tl::unexpected(
      problem_response(std::vector<wire::FieldError>{{"", "expected an object"}}, request.request_id));
}

// "17" with its quotes is a revision; everything else is a tag that nothing of ours has.
std::uint64_t revision_of(const net::EntityTag& tag) {
  constexpr std::string_view packed = "-gzip";  // the same revision, compressed on its way (net)
  std::uint64_t revision = 0;
  auto text = tag.opaque;
  if (text.ends_with(packed)) text.remove_suffix(packed.size());
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), revision);
  const bool ours = !tag.weak && !text.empty() && error == std::errc() && end == text.data() + text.size();
  return ours ? std::min(revision, revision_of_nothing) : revision_of_nothing;
}

using Expected = std::optional<std::uint64_t>;

base::Result<Expected> read_if_match(const net::Request& request) {
  const auto field = request.headers.find("If-Match");
  if (!field || *field == "*") return Expected();
  const auto tags = net::parse_entity_tags(*field);
  if (!tags) return base::fail(error_if_match, "If-Match wants an entity tag in quotes, as ETag gave it, or *");
  std::uint64_t expected = revision_of_nothing;
  for (const net::EntityTag& tag : *tags) {
    const auto revision = revision_of(tag);
    if (revision == revision_of_nothing || revision == expected) continue;
    if (expected != revision_of_nothing) return base::fail(error_if_match, "If-Match names more than one revision");
    expected = revision;
  }
  return Expected(expected);
}

}  // namespace

Operation Resource::operation(std::string method, std::string_view rest, std::string id, std::string summary) const {
  return {.method = std::move(method),
          .pattern = fmt::format("{}{}", path, rest),
          .id = std::move(id),
          .tag = std::string(tag),
          .summary = std::move(summary),
          .auth = auth};
}

std::string_view Context::path_value(std::string_view name) const {
  for (const auto& [key, value] : path_values) {
    if (key == name) return value;
  }
  return {};
}

std::optional<std::uint64_t> Context::expected_revision() const {
  const auto expected = read_if_match(request);
  return expected ? *expected : revision_of_nothing;
}

void Context::set_revision(std::uint64_t revision) { headers.set("ETag", fmt::format("\"{}\"", revision)); }

base::Status check_if_match(const net::Request& request) {
  GREENROOM_CHECK_OK(read_if_match(request));
  return {};
}

void set_next_link(Context& context, std::string_view cursor) {
  std::string query;
  std::string_view left = context.request.query;
  while (!left.empty()) {
    const auto one = left.substr(0, left.find('&'));
    left.remove_prefix(std::min(left.size(), one.size() + 1));
    if (!one.empty() && one.substr(0, one.find('=')) != "cursor") query += std::string(one) + "&";
  }
  context.headers.set(
      "Link", fmt::format("<{}?{}cursor={}>; rel=\"next\"", base::percent_encode(context.request.path, "-._~/"), query,
                          base::percent_encode(cursor)));
}

net::Response json_response(Context& context, std::string body) {
  net::Response response;
  response.status = context.status;
  response.headers = std::move(context.headers);
  response.headers.set("Content-Type", "application/json");
  if (!response.headers.find("Cache-Control")) response.headers.set("Cache-Control", "no-store");
  response.body = std::move(body);
  return response;
}

net::Response empty_response(Context& context) {
  net::Response response;
  response.status = context.status == 200 ? 204 : context.status;
  response.headers = std::move(context.headers);
  return response;
}

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    segments.emplace_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return segments;
}

tl::expected<boost::json::value, net::Response> gather_input(const Route& route, const Context& context) {
  boost::json::object input;
  if (has_json_body(route)) {
    auto body = parse_body(context.request);
    if (!body) return tl::unexpected(std::move(body).error());
    input = std::move(*body);
  } else if (route.input) {
    for (const auto& [name, schema] : route.input_properties) {
      if (auto text = net::query_parameter(context.request, name)) input[name] = typed_value(schema.as_object(), *text);
    }
  }
  for (const auto& [name, text] : context.path_values) {
    const auto* schema = route.input_properties.if_contains(name);
    if (schema) input[name] = typed_value(schema->as_object(), text);
  }
  return input;
}

Route raw_route(Operation about, std::function<net::Response(Context&)> handler) {
  Route made = detail::start_route(std::move(about));
  made.raw = true;
  made.run = [handler = std::move(handler)](Context& context, const boost::json::value&) { return handler(context); };
  return made;
}

namespace detail {

Route start_route(Operation about) {
  Route made;
  made.segments = split_path(about.pattern);
  made.about = std::move(about);
  return made;
}

net::Response answer_error(const Context& context, const base::Error& error) {
  const int status = status_of(error.code);
  if (context.log && status >= 500) {  // what passes by itself is no fault of ours
    context.log->write(status == 503 ? base::LogLevel::warning : base::LogLevel::error, "request_failed",
                       {{"requestId", context.request.request_id},
                        {"code", error.code.name},
                        {"what", error.what},
                        {"context", error.context}});
  }
  net::Response response = problem_response(error, context.request.request_id);
  for (const auto& [name, value] : context.headers.all()) {
    if (!response.headers.find(name)) response.headers.add(name, value);
  }
  return response;
}

}  // namespace detail
}  // namespace greenroom::api
