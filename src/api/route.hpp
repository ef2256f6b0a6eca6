// Routes as values. A handler is a synchronous function `Result<Out>(Context&, In)` over described structs; the types
// are at once what is parsed, what is printed and what the OpenAPI document says. In's members are filled from the
// path ("{id}"), for GET and DELETE from the query, otherwise from the JSON body.
// Routes are made once by app's thread and then only read; handlers run on the blocking pool, many at a time.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/problem.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "net/http.hpp"
#include "studio/values.hpp"
#include "wire/json.hpp"

namespace greenroom::api {

// Who may call: what is asked of the caller before the handler runs. Rights over the thing itself are studio's.
enum class Auth { nobody, user, participant, any };

using PathValues = std::vector<std::pair<std::string, std::string>>;  // {"id", "0190..."}

struct Context {
  const net::Request& request;
  studio::Actor actor;
  base::WallTime now;
  base::LogSink* log = nullptr;
  PathValues path_values;
  int status = 200;      // of the answer; the operation's, unless changed
  net::Headers headers;  // of the answer

  std::string_view path_value(std::string_view name) const;
  // Of a revisioned operation: the revision that If-Match names; nullopt when any will do (no field, or "*"). What can
  // match no revision (a weak tag, somebody else's tag) is revision_of_nothing: the use case refuses it like any other
  // wrong revision, after it has looked whether the thing is there and whose it is.
  std::optional<std::uint64_t> expected_revision() const;
  void set_revision(std::uint64_t revision);  // of the thing in the answer: ETag
  // Of a route that asks for Auth::user.
  const people::UserActor& user() const { return std::get<people::UserActor>(actor); }
};

inline constexpr std::uint64_t revision_of_nothing = INT64_MAX;

struct Nothing {};  // no input, or an answer without a body
BOOST_DESCRIBE_STRUCT(Nothing, (), ())

struct Operation {
  std::string method = {};
  std::string pattern = {};  // "/api/v1/sessions/{id}"
  std::string id = {};       // "getSession"; "" keeps the route out of the document
  std::string tag = {};
  std::string summary = {};
  Auth auth = Auth::any;
  int status = 200;
  std::vector<int> also = {};                // further statuses of success: the same answer, or 3xx: where it is
  std::string answers = "application/json";  // the media type of the answer; "" for none of a raw route
  std::string takes = {};                    // the media type of a raw route's body
  std::string scope = {};                    // what an API key must be allowed; "" is for people only
  bool delete_body = false;                  // of a DELETE: its input is a body, not the query
  bool secret = false;      // the answer carries a token or a key: never kept for Idempotency-Key, never compressed
  bool immediate = false;   // answered on the control thread, however busy the pool is: must not block
  bool unlimited = false;   // asked by machines of the house (probes): no rate limit
  bool revisioned = false;  // the thing carries a revision: ETag in answers, If-Match before a change (412)
  int burst = 0;            // above 0: so many calls at once per client address, then one a second
};

// What the operations of one part of the API have in common.
struct Resource {
  std::string_view tag;
  std::string_view path;  // where theirs begin: "/api/v1/projects"
  Auth auth = Auth::user;
  Operation operation(std::string method, std::string_view rest, std::string id, std::string summary) const;
};

struct Route {
  Operation about;
  std::vector<std::string> segments;  // of the pattern
  // With their properties written out; null for routes that read the request themselves.
  boost::json::object (*input)(wire::SchemaSet*) = nullptr;
  std::string_view input_name;
  wire::SchemaOf output = nullptr;
  bool raw = false;  // writes its answer itself
  boost::json::object input_properties;

  std::function<net::Response(Context&, const boost::json::value& input)> run;
  // For what is answered later, without a thread that waits for it: called on the control thread, must not block.
  std::function<void(const net::Request&, const PathValues&, std::function<void(net::Response)>)> defer;
  // For a body taken piece by piece: makes the sink on the control thread, without blocking.
  std::function<std::unique_ptr<net::BodySink>(const net::Request&, PathValues)> stream;
};

// Link: <...>; rel="next" (RFC 8288) of a page of a list: the same request with the next cursor.
void set_next_link(Context& context, std::string_view cursor);

net::Response json_response(Context& context, std::string body);
net::Response empty_response(Context& context);
std::vector<std::string> split_path(std::string_view path);
template <class T>
base::Result<T> with_revision(Context& context, base::Result<T> found) {
  if (found) context.set_revision(found->revision);
  return found;
}
// The input of a route: the values of path and query (as the schema types them) and the members of the body.
tl::expected<boost::json::value, net::Response> gather_input(const Route& route, const Context& context);

// Whether If-Match can be understood, asked before the handler of a revisioned operation runs (RFC 9110 §13.1.1). A
// list that names two revisions is refused: a use case is asked for one.
base::Status check_if_match(const net::Request& request);

namespace detail {

template <class F>
struct HandlerTypes : HandlerTypes<decltype(&F::operator())> {};
template <class F, class R, class I>
struct HandlerTypes<base::Result<R> (F::*)(Context&, I) const> {
  using In = std::remove_cvref_t<I>;
  using Out = R;
};

Route start_route(Operation about);
// The problem, and a line in the log where the fault is ours.
net::Response answer_error(const Context& context, const base::Error& error);

}  // namespace detail

template <class F>
Route route(Operation about, F handler) {
  using In = typename detail::HandlerTypes<F>::In;
  using Out = typename detail::HandlerTypes<F>::Out;
  Route made = detail::start_route(std::move(about));
  made.input = &wire::JsonCodec<In>::make;
  made.raw = std::same_as<Out, net::Response>;
  made.input_name = wire::detail::type_name<In>();
  made.input_properties = wire::schema<In>()["properties"].as_object();
  if constexpr (wire::DescribedStruct<Out> && !std::same_as<Out, Nothing>) {
    made.output = &wire::schema<Out>;
  }
  made.run = [handler = std::move(handler)](Context& context, const boost::json::value& input) {
    auto in = wire::from_json<In>(input);
    if (!in) return problem_response(in.error(), context.request.request_id);
    auto out = handler(context, *std::move(in));
    if (!out) return detail::answer_error(context, out.error());
    if constexpr (std::same_as<Out, net::Response>) {
      return *std::move(out);
    } else if constexpr (std::same_as<Out, Nothing>) {
      return empty_response(context);
    } else {
      if constexpr (requires { out->next_cursor->size(); }) {
        if (out->next_cursor) set_next_link(context, *out->next_cursor);
      }
      return json_response(context, wire::to_text(*out));
    }
  };
  return made;
}

// A route that reads the request and writes the answer itself.
Route raw_route(Operation about, std::function<net::Response(Context&)> handler);

}  // namespace greenroom::api
