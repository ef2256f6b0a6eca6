// An HTTP/1.1 and WebSocket server on a Loop: turns connections into Requests and Responses into bytes (net/http.hpp).
// Owned by app, used on the loop's thread (handlers run there; Responders and WebSockets may be used from any thread).
// Every stage of a connection has a deadline and every buffer a bound, so a slow or hostile client costs only itself.
//
// What it does by itself: refuses what RFC 9112 calls malformed (400 and close), answers Expect: 100-continue, Range
// and conditional requests of FileBody, SourceBody and StaticBody, leaves out the body of an answer to HEAD (the
// handler sees "HEAD" as the method), applies X-HTTP-Method-Override to POST, compresses text, and adds X-Request-Id,
// Date and ServerOptions::answer_headers where the handler has set none. A request has a body when it carries
// Content-Length above 0 or Transfer-Encoding: chunked; only then stream() is asked.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>

#include "base/address.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "net/blocking_pool.hpp"
#include "net/http.hpp"
#include "net/loop.hpp"
#include "net/proxy_trust.hpp"
#include "net/tls.hpp"

namespace greenroom::net {

inline constexpr base::ErrorCode cannot_listen{base::ErrorKind::io, "net.cannot_listen"};

struct ServerOptions {
  std::size_t head_limit = 16 * 1024;                // request line and fields; above: 431
  std::size_t body_limit = 1024 * 1024;              // of a buffered body; above: 413
  std::size_t piece_size = 512 * 1024;               // most bytes given to BodySink::write at once
  std::size_t large_pieces = 32;                     // bodies at once whose pieces are up to 2 MiB: they come fast
  std::size_t connection_limit = 10'000;             // above: 503 and close
  std::size_t connections_per_address = 0;           // above: 503 and close; 0: only the limit above
  bool count_own_machine = false;                    // a proxy or a test on this machine stands for many
  std::size_t web_socket_message_limit = 1'000'000;  // incoming, bytes; above: close 1009
  std::size_t web_socket_queue_messages = 1'000;     // outgoing; above: close 1013
  std::size_t web_socket_queue_bytes = 8 * 1024 * 1024;
  std::size_t compress_above = 1024;  // bytes of dynamic text

  std::shared_ptr<Tls> tls = {};                   // set: every listener speaks TLS
  Headers answer_headers = {};                     // on every answer that has none of that name itself
  std::vector<AddressRange> trusted_proxies = {};  // whose X-Forwarded-* is believed

  base::Duration handshake_timeout = std::chrono::seconds(10);  // of TLS
  base::Duration head_timeout = std::chrono::seconds(10);       // from a request's first byte to the end of its head
  base::Duration body_timeout = std::chrono::seconds(30);       // for every body_progress bytes of a body
  std::size_t body_progress = 4096;
  base::Duration idle_timeout = std::chrono::seconds(60);      // between two requests
  base::Duration write_timeout = std::chrono::seconds(30);     // until the peer's window opens a little further
  base::Duration handler_timeout = std::chrono::seconds(120);  // until the Responder is used; then 503
  base::Duration linger = std::chrono::seconds(2);             // reading what a refused client still sends
};

struct ServerStats {
  std::uint64_t connections = 0;  // open now
  std::uint64_t web_sockets = 0;  // open now
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;  // over connection_limit or connections_per_address
  std::uint64_t requests = 0;
  std::uint64_t malformed = 0;  // answered 400, 413, 414, 417, 431, 501 or 505 by the server itself
  std::uint64_t timed_out = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
};

class HttpServer {
 public:
  // loop, pool and log outlive the server.
  HttpServer(Loop& loop, BlockingPool& pool, ServerOptions options, HttpHandler handler, base::LogSink& log);
  // Cuts what is open and calls the handler no more. To stop with grace, close() first and wait for closed().
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // May be called several times (IPv4 and IPv6). Port 0 takes a free one; the result is the port. Before or while the
  // loop runs.
  base::Result<std::uint16_t> listen(const base::Address& address);

  // From now on every answer ends its connection and no WebSocket is accepted; listening goes on, so that a load
  // balancer can learn that it should ask elsewhere. From any thread.
  void drain();

  // Stops listening, lets running requests finish and closes WebSockets (1001); at the deadline what is left is cut.
  // closed() runs on the loop when no connection is left. From any thread.
  void close(base::Duration deadline, std::function<void()> closed);

  ServerStats stats() const;  // from any thread

  struct Core;  // for net's own .cpp files

 private:
  std::shared_ptr<Core> core_;
};

}  // namespace greenroom::net
