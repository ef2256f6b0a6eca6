// One request's way: route, limits by address, blocking pool, who is asking, limit by caller, input, handler, answer.
// Owned by the HttpHandler that make_http_handler returns. request() and stream() are called on the control thread and
// do not block; the rest runs on the blocking pool. Whatever happens, a request is answered, with the same finish:
// CORS, metrics.
#pragma once
#include <memory>

#include "api/api.hpp"
#include "api/rate_limit.hpp"
#include "api/request_metrics.hpp"
#include "api/router.hpp"
#include "api/token_buckets.hpp"
#include "api/web_files.hpp"

namespace greenroom::api {

class Dispatcher : public std::enable_shared_from_this<Dispatcher> {
 public:
  explicit Dispatcher(ApiDeps deps);

  void request(net::Request request, net::Responder respond);
  std::unique_ptr<net::BodySink> stream(const net::Request& request);
  std::optional<net::WebSocketHandler> web_socket(const net::Request& request);

 private:
  struct Call;
  class Sink;
  class Refusal;

  const Mount* mount_of(const net::Request& request) const;
  std::shared_ptr<Call> make_call(net::Request request, Match match) const;
  void start(std::shared_ptr<Call> call, net::Responder respond);
  void defer(const std::shared_ptr<Call>& call, net::Responder respond);
  net::Response run(Call& call);
  net::Response answer(Call& call);
  net::Response answer_from_snapshot(Call& call);
  net::Response handle(const Call& call, const studio::Actor& actor);
  net::Response answer_without_route(const net::Request& request, const Match& match) const;
  std::optional<net::Response> refuse_at_the_door(Call& call);
  std::optional<net::Response> refuse_hurry(const Call& call);
  std::optional<net::Response> check_rate(Call& call, std::optional<RateVerdict> verdict) const;
  net::Response finish(const Call& call, net::Response response);
  net::Response report(const net::Request& request, std::string_view what) const;
  std::size_t index_of(const Route* route) const;

  ApiDeps deps_;
  const Router router_;
  const WebFiles web_;
  TokenBuckets attempts_;
  RateLimit rates_;
  RequestMetrics metrics_;
};

}  // namespace greenroom::api
