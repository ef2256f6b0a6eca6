#include "api/dispatcher.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/client_address.hpp"
#include "api/cors.hpp"
#include "api/identify.hpp"
#include "api/rest/rest.hpp"

namespace greenroom::api {
namespace {

constexpr base::ErrorKind internal = base::ErrorKind::internal;

std::vector<std::string> operation_ids(const std::vector<Route>& routes) {
  std::vector<std::string> ids;
  for (const Route& route : routes) ids.push_back(route.about.id.empty() ? "other" : route.about.id);
  return ids;
}

bool is_api_path(std::string_view path) { return path.starts_with("/api/") || path.starts_with("/media/"); }

}  // namespace

struct Dispatcher::Call {
  net::Request request;
  net::Responder respond;
  Match match;
  base::WallTime began;
};

// A route's sink with the same finish as every other answer.
class Dispatcher::Sink final : public net::BodySink {
 public:
  Sink(std::shared_ptr<Dispatcher> dispatcher, const net::Request& request, Match match)
      : dispatcher_(std::move(dispatcher)),
        request_(request),
        match_(std::move(match)),
        began_(dispatcher_->deps_.clock()),
        inner_(match_.route->stream(request, match_.values)) {}

  std::optional<net::Response> write(base::ByteView piece) override {
    try {
      auto response = inner_->write(piece);
      if (!response) return std::nullopt;
      return done(*std::move(response));
    } catch (const std::exception& e) {
      return done(dispatcher_->report(request_, e.what()));
    }
  }
  net::Response finish() override {
    try {
      return done(inner_->finish());
    } catch (const std::exception& e) {
      return done(dispatcher_->report(request_, e.what()));
    }
  }
  void aborted() override { inner_->aborted(); }

 private:
  net::Response done(net::Response response) {
    return dispatcher_->finish(request_, match_, began_, std::move(response));
  }
  const std::shared_ptr<Dispatcher> dispatcher_;
  const net::Request request_;
  const Match match_;
  const base::WallTime began_;
  const std::unique_ptr<net::BodySink> inner_;
};

Dispatcher::Dispatcher(ApiDeps deps)
    : deps_(std::move(deps)), router_(rest_routes(&deps_)), web_(deps_.web), metrics_(operation_ids(router_.routes())) {
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

void Dispatcher::request(net::Request request, net::Responder respond) {
  if (const Mount* mount = mount_of(request)) return mount->handler.request(std::move(request), std::move(respond));
  Match match = router_.match(request.method, request.path);
  const base::WallTime began = deps_.clock();
  if (!match.route) {
    net::Response response = answer_without_route(request, match);
    return respond(finish(request, match, began, std::move(response)));
  }
  if (auto refusal = refuse_hurry(request, match.route->about)) {
    return respond(finish(request, match, began, *std::move(refusal)));
  }
  start(std::make_shared<Call>(Call{std::move(request), std::move(respond), std::move(match), began}));
}

void Dispatcher::start(std::shared_ptr<Call> call) {
  const bool taken = deps_.run_blocking([self = shared_from_this(), call] { call->respond(self->run(*call)); });
  if (taken) return;
  const base::Error busy{error_busy, "too many requests are waiting", {}};
  call->respond(finish(call->request, call->match, call->began, problem_response(busy, call->request.request_id)));
}

net::Response Dispatcher::run(const Call& call) {
  net::Response response;
  try {
    response = answer(call);
  } catch (const std::exception& e) {
    response = report(call.request, e.what());
  }
  return finish(call.request, call.match, call.began, std::move(response));
}

net::Response Dispatcher::answer(const Call& call) {
  const Route& route = *call.match.route;
  auto actor = identify(deps_.studio, route.about.auth, call.request);
  if (!actor) return problem_response(actor.error(), call.request.request_id);
  if (route.about.revisioned) {
    if (auto status = check_if_match(call.request); !status) {
      return problem_response(status.error(), call.request.request_id);
    }
  }
  Context context{call.request, *actor, call.began, &deps_.log, call.match.values, route.about.status, {}};
  auto input = gather_input(route, context);
  if (!input) return std::move(input).error();
  return route.run(context, *input);
}

net::Response Dispatcher::answer_without_route(const net::Request& request, const Match& match) const {
  if (match.allowed.empty()) {
    const bool read = request.method == "GET" || request.method == "HEAD";
    if (auto response = read ? web_.answer(request) : std::nullopt) return *std::move(response);
    return problem_response({error_no_route, fmt::format("there is nothing at {}", request.path), {}},
                            request.request_id);
  }
  net::Response response;
  response.status = 204;
  const std::string allowed = fmt::format("{}, OPTIONS", fmt::join(match.allowed, ", "));
  if (request.method != "OPTIONS") {
    response =
        problem_response({error_method, fmt::format("{} answers {}", request.path, allowed), {}}, request.request_id);
  }
  response.headers.set("Allow", allowed);
  return response;
}

std::optional<net::Response> Dispatcher::refuse_hurry(const net::Request& request, const Operation& about) {
  if (about.burst == 0) return std::nullopt;
  const auto wait = attempts_.take(about.id + " " + client_address(request), about.burst, deps_.clock());
  if (!wait) return std::nullopt;
  net::Response response = problem_response(
      {error_too_often, "too many attempts from this address: try again shortly", {}}, request.request_id);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(*wait);
  response.headers.set("Retry-After", std::to_string(seconds.count()));
  return response;
}

net::Response Dispatcher::finish(const net::Request& request, const Match& match, base::WallTime began,
                                 net::Response response) {
  if (!match.allowed.empty() || is_api_path(request.path)) allow_cross_origin(response.headers);
  if (is_preflight(request) && !match.allowed.empty()) answer_preflight(response.headers, match.allowed);
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
  return std::make_unique<Sink>(shared_from_this(), request, std::move(match));
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
