// HTTP as values. A server (net/server.hpp) turns connections into Requests and Responses into bytes; it knows no
// route. Handlers are called on a control thread and must not block: work that blocks goes to a BlockingPool and
// answers later through the Responder, from any thread.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.hpp"

namespace greenroom::net {

// Header fields in order; names compare without case.
class Headers {
 public:
  void set(std::string_view name, std::string value);  // replaces every field of that name
  void add(std::string_view name, std::string value);
  void remove(std::string_view name);                                 // every field of that name
  std::optional<std::string_view> find(std::string_view name) const;  // the first
  const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct Request {
  std::string method;  // "GET"; X-HTTP-Method-Override already applied to POST (tus 1.0.0)
  std::string path;    // decoded, starts with '/', has no dot segments
  std::string query;   // as sent, without '?'
  Headers headers;
  std::string body;        // empty for a streamed request
  std::string remote;      // the client's IP address as text: the peer's, or what a trusted proxy says
  std::string request_id;  // given by the server, returned in X-Request-Id
  bool secure = false;     // came by TLS, or by TLS to a trusted proxy
};

std::optional<std::string> query_parameter(const Request& request, std::string_view name);  // decoded
std::optional<std::string> cookie(const Request& request, std::string_view name);

// Bytes of a file, sent without being read into memory as a whole. The server answers Range, If-Range and
// If-None-Match.
struct FileBody {
  std::filesystem::path path;
  std::string etag;  // quoted
};
// Bytes that somebody else holds, asked for in pieces on the blocking pool: a blob in another server's storage. Same
// treatment as a file.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::uint64_t size() const = 0;
  virtual bool read(std::uint64_t offset, base::ByteSpan out) const = 0;  // all of `out`, or false
};
struct SourceBody {
  std::shared_ptr<const ByteSource> source;
  std::string etag;
};
// Bytes that live as long as the program: embedded web assets. Same treatment as a file.
struct StaticBody {
  base::ByteView bytes;
  std::string etag;
};

struct Response {
  int status = 200;
  Headers headers;
  std::variant<std::string, FileBody, StaticBody, SourceBody> body;
  // Carries a secret beside what the client may choose itself: not compressed, so that its length tells nothing of it
  // (BREACH).
  bool secret = false;
};

// Answers one request, once, from any thread. Dropped unanswered, it answers 500.
class Responder {
 public:
  using Gone = std::function<void()>;

  explicit Responder(std::function<void(Response)> send, std::function<void(Gone)> watch = {})
      : send_(std::move(send)), watch_(std::move(watch)) {}
  Responder(Responder&&) = default;
  Responder& operator=(Responder&&) = default;
  ~Responder();
  void operator()(Response response);
  // For answers that may take long: calls gone, once, on the loop, when the peer hangs up before it is answered.
  void on_gone(Gone gone) {
    if (watch_) watch_(std::move(gone));
  }

 private:
  std::function<void(Response)> send_;
  std::function<void(Gone)> watch_;
};

// Takes a request body piece by piece, on the blocking pool; the server reads no further until write() has returned.
class BodySink {
 public:
  virtual ~BodySink() = default;
  // Whether interim() has something to say before the body is read. Asked on the loop: must not block.
  virtual bool speaks_first() const { return false; }
  // An answer of 1xx that goes out before the first piece (RFC 9110 §15.2), or none; on the pool. To HTTP/1.0 nothing
  // is sent.
  virtual std::optional<Response> interim() { return std::nullopt; }
  // A response ends the request early (where more of the body would come, the connection is then closed).
  virtual std::optional<Response> write(base::ByteView piece) = 0;
  virtual Response finish() = 0;  // the whole body has been written
  virtual void aborted() = 0;     // the connection died before the end; what was written stays written
};

// A WebSocket after its handshake. send() and close() work from any thread; what the peer does not read in time is
// bounded: past the bound the socket is closed and sends are dropped.
class WebSocket {
 public:
  virtual ~WebSocket() = default;
  virtual void send_text(std::string message) = 0;
  virtual void send_binary(std::string message) = 0;
  virtual void close(std::uint16_t code, std::string_view reason) = 0;
};

// Called on the socket's control thread, never two at a time for one socket.
struct WebSocketHandler {
  std::function<void(std::shared_ptr<WebSocket>)> opened;
  std::function<void(std::string message, bool binary)> message;
  std::function<void()> closed;  // exactly once after opened
  // Where this socket's bounds differ from the server's (ServerOptions); 0: the server's.
  std::size_t message_limit = 0;
  std::size_t queue_bytes = 0;
};

// What a server asks of its owner.
struct HttpHandler {
  // A request whose body has arrived whole.
  std::function<void(Request, Responder)> request;
  // Asked with the head of a request that has a body: a sink takes the body as it comes; null means buffer it
  // (up to ServerOptions::body_limit) and call request.
  std::function<std::unique_ptr<BodySink>(const Request&)> stream;
  // Asked with the head of an upgrade request: a handler accepts, null refuses with 404.
  std::function<std::optional<WebSocketHandler>(const Request&)> web_socket;
};

}  // namespace greenroom::net
