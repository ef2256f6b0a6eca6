// One request's way: route, rate limit, blocking pool, who is asking, input, handler, answer. Owned by the HttpHandler
// that make_http_handler returns. request() and stream() are called on the control thread and do not block; the rest
// runs on the blocking pool. Whatever happens, a request is answered, with the same finish: CORS, metrics.
#pragma once
#include <memory>

#include "api/api.hpp"
#include "api/attempt_limit.hpp"
#include "api/request_metrics.hpp"
#include "api/router.hpp"
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

  const Mount* mount_of(const net::Request& request) const;
  void start(std::shared_ptr<Call> call);
  net::Response run(const Call& call);
  net::Response answer(const Call& call);
  net::Response answer_without_route(const net::Request& request, const Match& match) const;
  std::optional<net::Response> refuse_hurry(const net::Request& request, const Operation& about);
  net::Response finish(const net::Request& request, const Match& match, base::WallTime began, net::Response response);
  net::Response report(const net::Request& request, std::string_view what) const;
  std::size_t index_of(const Route* route) const;

  ApiDeps deps_;
  const Router router_;
  const WebFiles web_;
  AttemptLimit attempts_;
  RequestMetrics metrics_;
};

}  // namespace greenroom::api
