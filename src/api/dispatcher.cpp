#include "api/dispatcher.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/caller.hpp"
#include "api/client_address.hpp"
#include "api/cors.hpp"
#include "api/idempotency.hpp"
#include "api/identify.hpp"
#include "api/rest/rest.hpp"
#include "api/same_origin.hpp"
#include "studio/studio.hpp"

namespace greenroom::api {
namespace {

constexpr base::ErrorKind internal = base::ErrorKind::internal;

std::vector<std::string> operation_ids(const std::vector<Route>& routes) {
  std::vector<std::string> ids;
  for (const Route& route : routes) ids.push_back(route.about.id.empty() ? "other" : route.about.id);
  return ids;
}

bool reads_only(const Route& route) {
  return route.about.method == "GET" && !route.raw && route.about.auth != Auth::nobody && !route.about.immediate;
}

bool is_api_path(std::string_view path) { return path.starts_with("/api/") || path.starts_with("/media/"); }

}  // namespace

struct Dispatcher::Call {
  net::Request request;
  Match match;
  base::WallTime began;
  std::optional<RateVerdict> rate = {};  // the narrowest that has been asked
};

// A route's sink with the same finish as every other answer.
class Dispatcher::Sink final : public net::BodySink {
 public:
  Sink(std::shared_ptr<Dispatcher> dispatcher, std::shared_ptr<Call> call)
      : dispatcher_(std::move(dispatcher)),
        call_(std::move(call)),
        inner_(call_->match.route->stream(call_->request, call_->match.values)) {}

  bool speaks_first() const override { return inner_->speaks_first(); }
  std::optional<net::Response> interim() override {
    try {
      return inner_->interim();
    } catch (const std::exception&) {  // the first piece will run into the same
      return std::nullopt;
    }
  }
  std::optional<net::Response> write(base::ByteView piece) override {
    try {
      auto response = inner_->write(piece);
      if (!response) return std::nullopt;
      return dispatcher_->finish(*call_, *std::move(response));
    } catch (const std::exception& e) {
      return dispatcher_->finish(*call_, dispatcher_->report(call_->request, e.what()));
    }
  }
  net::Response finish() override {
    try {
      return dispatcher_->finish(*call_, inner_->finish());
    } catch (const std::exception& e) {
      return dispatcher_->finish(*call_, dispatcher_->report(call_->request, e.what()));
    }
  }
  void aborted() override { inner_->aborted(); }

 private:
  const std::shared_ptr<Dispatcher> dispatcher_;
  const std::shared_ptr<Call> call_;
  const std::unique_ptr<net::BodySink> inner_;
};

// Takes no byte of a body whose request is refused.
class Dispatcher::Refusal final : public net::BodySink {
 public:
  explicit Refusal(net::Response response) : response_(std::move(response)) {}
  std::optional<net::Response> write(base::ByteView) override { return std::move(response_); }
  net::Response finish() override { return std::move(response_); }
  void aborted() override {}

 private:
  net::Response response_;
};

Dispatcher::Dispatcher(ApiDeps deps)
    : deps_(std::move(deps)),
      router_(rest_routes(&deps_)),
      web_(deps_.web, deps_.media_origin),
      rates_(deps_.rate_limit),
      metrics_(operation_ids(router_.routes())) {
  deps_.statistics.metrics = [this, outer = std::move(deps_.statistics.metrics)] {
    auto families = outer();
    for (MetricFamily& family : metrics_.families()) families.push_back(std::move(family));
    return families;
  };
}

const Mount* Dispatcher::mount_of(const net::Request& request) const {
  for (const Mount& mount : deps_.mounts) {
    if (request.path.starts_with(mount.prefix)) return &mount;
  }
  return nullptr;
}

std::shared_ptr<Dispatcher::Call> Dispatcher::make_call(net::Request request, Match match) const {
  return std::make_shared<Call>(Call{std::move(request), std::move(match), deps_.clock()});
}

void Dispatcher::request(net::Request request, net::Responder respond) {
  if (const Mount* mount = mount_of(request)) return mount->handler.request(std::move(request), std::move(respond));
  Match match = router_.match(request.method, request.path);
  const auto call = make_call(std::move(request), std::move(match));
  if (!call->match.route) return respond(finish(*call, answer_without_route(call->request, call->match)));
  if (auto refusal = refuse_at_the_door(*call)) return respond(finish(*call, *std::move(refusal)));
  if (call->match.route->defer) return defer(call, std::move(respond));
  if (call->match.route->about.immediate) return respond(run(*call));
  start(call, std::move(respond));
}

void Dispatcher::defer(const std::shared_ptr<Call>& call, net::Responder respond) {
  const auto reply = std::make_shared<net::Responder>(std::move(respond));
  const auto answer = [self = shared_from_this(), call, reply](net::Response response) {
    (*reply)(self->finish(*call, std::move(response)));
  };
  try {
    call->match.route->defer(call->request, call->match.values, answer);
  } catch (const std::exception& e) {
    answer(report(call->request, e.what()));
  }
}

void Dispatcher::start(std::shared_ptr<Call> call, net::Responder respond) {
  const auto reply = std::make_shared<net::Responder>(std::move(respond));
  const bool taken = deps_.run_blocking([self = shared_from_this(), call, reply] { (*reply)(self->run(*call)); });
  if (taken) return;
  const base::Error busy{error_busy, "too many requests are waiting", {}};
  (*reply)(finish(*call, problem_response(busy, call->request.request_id)));
}

net::Response Dispatcher::run(Call& call) {
  net::Response response;
  try {
    response = reads_only(*call.match.route) ? answer_from_snapshot(call) : answer(call);
  } catch (const std::exception& e) {
    response = report(call.request, e.what());
  }
  return finish(call, std::move(response));
}

// Who asks and what they ask for, of the same moment and with one transaction.
net::Response Dispatcher::answer_from_snapshot(Call& call) {
  net::Response response;
  const auto status = deps_.studio.over_snapshot([&] { response = answer(call); });
  if (status) return response;
  const net::Headers none;
  const Context context{call.request, {}, call.began, &deps_.log, {}, 200, none};
  return detail::answer_error(context, status.error());
}

net::Response Dispatcher::answer(Call& call) {
  const Route& route = *call.match.route;
  auto actor = identify(deps_, route.about.auth, call.request, route.about.scope);
  if (!actor) return problem_response(actor.error(), call.request.request_id);
  if (rates_.limited() && !route.about.unlimited && !std::holds_alternative<studio::Nobody>(*actor)) {
    auto verdict = rates_.ask_for_caller(caller_of(*actor, call.request), call.began);
    if (auto refusal = check_rate(call, std::move(verdict))) return *std::move(refusal);
  }
  return handle(call, *actor);
}

net::Response Dispatcher::handle(const Call& call, const studio::Actor& actor) {
  const Route& route = *call.match.route;
  Context context{call.request, actor, call.began, &deps_.log, call.match.values, route.about.status, {}};
  if (route.about.revisioned) {
    if (auto status = check_if_match(call.request); !status) {
      return problem_response(status.error(), call.request.request_id);
    }
  }
  auto input = gather_input(route, context);
  if (!input) return std::move(input).error();
  const auto run = [&] { return route.run(context, *input); };
  if (!deps_.answers || !keeps_answers(route)) return run();
  return answer_once(*deps_.answers, caller_of(actor, call.request), context, run);
}

net::Response Dispatcher::answer_without_route(const net::Request& request, const Match& match) const {
  if (!match.known) {
    const bool read = request.method == "GET" || request.method == "HEAD";
    if (auto response = read ? web_.answer(request) : std::nullopt) return *std::move(response);
    return problem_response({error_no_route, fmt::format("there is nothing at {}", request.path), {}},
                            request.request_id);
  }
  net::Response response;
  response.status = 204;
  const std::string allowed = fmt::format("{}, OPTIONS", fmt::join(router_.allowed(request.path), ", "));
  if (request.method != "OPTIONS") {
    response =
        problem_response({error_method, fmt::format("{} answers {}", request.path, allowed), {}}, request.request_id);
  }
  response.headers.set("Allow", allowed);
  return response;
}

// What can be refused without a look into the database.
std::optional<net::Response> Dispatcher::refuse_at_the_door(Call& call) {
  const Operation& about = call.match.route->about;
  if (is_forged_write(call.request, deps_.cors_origins)) {
    return problem_response({error_foreign_origin, "this page belongs to another site", {}}, call.request.request_id);
  }
  if (!about.unlimited) {
    auto verdict = rates_.ask_for_address(client_address(call.request), call.began);
    if (auto refusal = check_rate(call, std::move(verdict))) return refusal;
  }
  return about.burst > 0 ? refuse_hurry(call) : std::nullopt;
}

std::optional<net::Response> Dispatcher::refuse_hurry(const Call& call) {
  const Operation& about = call.match.route->about;
  const auto taken = attempts_.take(about.id + " " + client_address(call.request), about.burst, call.began);
  if (taken.allowed) return std::nullopt;
  net::Response response = problem_response(
      {error_too_often, "too many attempts from this address: try again shortly", {}}, call.request.request_id);
  response.headers.set("Retry-After", retry_after(taken.wait));
  return response;
}

std::optional<net::Response> Dispatcher::check_rate(Call& call, std::optional<RateVerdict> verdict) const {
  if (!verdict) return std::nullopt;
  call.rate = std::move(verdict);
  if (call.rate->taken.allowed) return std::nullopt;
  net::Response response =
      problem_response({error_too_often, "too many requests: slow down", {}}, call.request.request_id);
  response.headers.set("Retry-After", retry_after(call.rate->taken.wait));
  return response;
}

net::Response Dispatcher::finish(const Call& call, net::Response response) {
  const auto& [request, match, began, rate] = call;
  if (match.known || is_api_path(request.path)) {
    allow_cross_origin(request, deps_.cors_origins, response.headers);
  }
  if (match.known && is_preflight(request)) answer_preflight(response.headers, router_.allowed(request.path));
  if (rate) add_rate_headers(response.headers, *rate);
  response.secret = match.route && match.route->about.secret;
  metrics_.count(index_of(match.route), response.status, deps_.clock() - began);
  return response;
}

net::Response Dispatcher::report(const net::Request& request, std::string_view what) const {
  deps_.log.error("request_exception", {{"requestId", request.request_id}, {"path", request.path}, {"what", what}});
  return problem_response({{internal, error_exception.name}, "something went wrong on our side", {}},
                          request.request_id);
}

std::size_t Dispatcher::index_of(const Route* route) const {
  return route ? std::size_t(route - router_.routes().data()) : router_.routes().size();
}

std::unique_ptr<net::BodySink> Dispatcher::stream(const net::Request& request) {
  if (const Mount* mount = mount_of(request)) return mount->handler.stream ? mount->handler.stream(request) : nullptr;
  Match match = router_.match(request.method, request.path);
  if (!match.route || !match.route->stream) return nullptr;
  auto call = make_call(request, std::move(match));
  if (auto refusal = refuse_at_the_door(*call)) {
    return std::make_unique<Refusal>(finish(*call, *std::move(refusal)));
  }
  return std::make_unique<Sink>(shared_from_this(), std::move(call));
}

std::optional<net::WebSocketHandler> Dispatcher::web_socket(const net::Request& request) {
  const Mount* mount = mount_of(request);
  return mount && mount->handler.web_socket ? mount->handler.web_socket(request) : std::nullopt;
}

net::HttpHandler make_http_handler(ApiDeps deps) {
  auto dispatcher = std::make_shared<Dispatcher>(std::move(deps));
  net::HttpHandler handler;
  handler.request = [dispatcher](net::Request request, net::Responder respond) {
    dispatcher->request(std::move(request), std::move(respond));
  };
  handler.stream = [dispatcher](const net::Request& request) { return dispatcher->stream(request); };
  handler.web_socket = [dispatcher](const net::Request& request) { return dispatcher->web_socket(request); };
  return handler;
}

}  // namespace greenroom::api
