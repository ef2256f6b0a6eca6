#include "api/realtime/engine_server.hpp"

#include <fmt/format.h>

#include <array>

#include "api/realtime/origin.hpp"

namespace greenroom::api::realtime {

using net::Request;
using net::Responder;
using net::Response;
using net::WebSocketHandler;
using wire::engineio::PacketType;

namespace {

// What the JavaScript server answers, by number and word: clients show these.
enum class EngineError : std::uint8_t {
  unknown_transport,
  unknown_sid,
  bad_method,
  bad_request,
  forbidden,
  unsupported
};
constexpr std::array<std::string_view, 6> error_messages = {
    "Transport unknown", "Session ID unknown", "Bad handshake method",
    "Bad request",       "Forbidden",          "Unsupported protocol version"};

std::string parameter(const Request& request, std::string_view name) {
  return net::query_parameter(request, name).value_or("");
}

ClientInfo client_info(const Request& request) {
  ClientInfo info{request.remote, {}};
  if (is_same_site(request)) info.cookie = request.headers.find("cookie").value_or("");
  return info;
}

}  // namespace

std::string make_sid(base::Rng& rng) {
  static constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::array<std::uint8_t, 20> random;
  rng.fill(random);
  std::string sid;
  for (auto byte : random) sid += digits[byte & 63];
  return sid;
}

class EngineServer::Reply {
 public:
  Reply(const Request& request, Responder respond, std::span<const std::string> allowed_origins)
      : respond_(std::move(respond)) {
    headers_.set("Cache-Control", "no-store");
    add_cors(request, allowed_origins, headers_);
  }
  void ok(std::string body, std::string content_type = "text/plain; charset=UTF-8") {
    send(200, std::move(body), std::move(content_type));
  }
  void refuse(EngineError why, int status = 400) {
    const auto body = fmt::format(R"({{"code":{},"message":"{}"}})", int(why), error_messages[std::size_t(why)]);
    send(status, body, "application/json");
  }
  void preflight() { send(204, {}, {}); }
  void on_gone(Responder::Gone gone) { respond_.on_gone(std::move(gone)); }

 private:
  void send(int status, std::string body, std::string content_type) {
    if (!content_type.empty()) headers_.set("Content-Type", std::move(content_type));
    respond_(Response{status, std::move(headers_), std::move(body)});
  }
  Responder respond_;
  net::Headers headers_;
};

struct EngineServer::Socket {
  std::weak_ptr<Client> client;  // none yet: it makes one when it opens
  std::optional<ClientInfo> info;
  std::shared_ptr<net::WebSocket> web_socket;
  net::Timer greeting;
};

struct EngineServer::Client {
  Client(const EngineOptions& options, std::string id, EngineTransport transport, base::Instant now)
      : sid(std::move(id)), session(options, sid, transport, now) {}
  std::string sid;
  EngineSession session;
  std::optional<Reply> poll;
  std::uint64_t polls = 0;
  SocketPtr current, probe;
  net::Timer timer;
  base::Instant armed_for = base::Instant::max();
  bool pumping = false;
};

EngineServer::EngineServer(net::Loop& loop, base::Rng& rng, EngineOptions options, EngineHandlers handlers)
    : loop_(loop), rng_(rng), options_(std::move(options)), handlers_(std::move(handlers)) {}

EngineServer::~EngineServer() = default;

// ---- HTTP

void EngineServer::request(Request request, Responder respond) {
  Reply reply(request, std::move(respond), options_.allowed_origins);
  if (request.method == "OPTIONS") return reply.preflight();
  const auto transport = parameter(request, "transport");
  if (transport != "polling" && transport != "websocket") return reply.refuse(EngineError::unknown_transport);
  const auto sid = parameter(request, "sid");
  if (sid.empty()) return handshake(request, std::move(reply));
  const auto client = find(sid);
  if (!client) return reply.refuse(EngineError::unknown_sid);
  if (transport != "polling" || client->session.transport() != EngineTransport::polling) {
    return reply.refuse(EngineError::bad_request);
  }
  resume(client, request, std::move(reply));
}

void EngineServer::handshake(const Request& request, Reply reply) {
  if (request.method != "GET") return reply.refuse(EngineError::bad_method);
  if (parameter(request, "transport") != "polling") return reply.refuse(EngineError::bad_request);  // no upgrade
  if (parameter(request, "EIO") != "4") return reply.refuse(EngineError::unsupported);
  if (full()) return reply.refuse(EngineError::forbidden, 503);
  poll(open(client_info(request), EngineTransport::polling), std::move(reply));
}

void EngineServer::resume(const ClientPtr& client, const Request& request, Reply reply) {
  if (request.method == "GET") return poll(client, std::move(reply));
  if (request.method == "POST") return post(client, request.body, std::move(reply));
  reply.refuse(EngineError::bad_request);
}

void EngineServer::poll(const ClientPtr& client, Reply reply) {
  catch_up(client);
  if (client->session.poll(loop_.now())) {
    client->poll.emplace(std::move(reply));
    watch_poll(client);
  } else {
    reply.refuse(EngineError::bad_request);
  }
  pump(client);
}

// What a poll that nobody waits for any more would have carried is lost: the session ends and the client starts anew.
void EngineServer::watch_poll(const ClientPtr& client) {
  client->poll->on_gone([this, weak = std::weak_ptr(client), poll = ++client->polls] {
    const auto alive = weak.lock();
    if (!alive || alive->polls != poll) return;
    catch_up(alive);
    if (alive->polls != poll || !alive->poll) return;
    alive->session.poll_gone(loop_.now());
    pump(alive);
  });
}

void EngineServer::post(const ClientPtr& client, std::string_view body, Reply reply) {
  if (body.size() > options_.max_payload) {
    reply.refuse(EngineError::bad_request, 413);
  } else if (client->session.post(body, loop_.now())) {
    reply.ok("ok", "text/html");
  } else {
    reply.refuse(EngineError::bad_request);
  }
  pump(client);
}

// ---- WebSocket

std::optional<WebSocketHandler> EngineServer::web_socket(const Request& request) {
  if (parameter(request, "transport") != "websocket") return std::nullopt;
  const auto sid = parameter(request, "sid");
  if (sid.empty()) return new_socket(request);
  const auto client = find(sid);
  return client ? upgrade_socket(client) : std::nullopt;
}

std::optional<WebSocketHandler> EngineServer::new_socket(const Request& request) {
  if (parameter(request, "EIO") != "4" || full()) return std::nullopt;
  auto socket = std::make_shared<Socket>();
  socket->info = client_info(request);
  return socket_handler(std::move(socket));
}

std::optional<WebSocketHandler> EngineServer::upgrade_socket(const ClientPtr& client) {
  auto socket = std::make_shared<Socket>();
  socket->client = client;
  catch_up(client);
  if (client->session.begin_upgrade(loop_.now())) client->probe = socket;
  pump(client);
  return socket_handler(std::move(socket));  // one that is not the probe is closed when it opens
}

WebSocketHandler EngineServer::socket_handler(SocketPtr socket) {
  return {
      [this, socket](std::shared_ptr<net::WebSocket> web_socket) {
        socket->web_socket = std::move(web_socket);
        if (!socket->info || options_.greeting_delay == base::Duration::zero()) return socket_opened(socket);
        socket->greeting = loop_.after(options_.greeting_delay, [this, socket] { socket_opened(socket); });
      },
      [this, socket](std::string message, bool binary) {
        socket_event(socket, [&](EngineSession& session, EngineSocket which) {
          session.frame(which, std::move(message), binary, loop_.now());
        });
      },
      [this, socket] {
        socket->greeting.cancel();
        socket_event(socket,
                     [&](EngineSession& session, EngineSocket which) { session.socket_closed(which, loop_.now()); });
        socket->web_socket.reset();
      },
  };
}

void EngineServer::socket_opened(const SocketPtr& socket) {
  if (!socket->web_socket) return;
  if (const auto upgrading = socket->client.lock()) {
    if (upgrading->probe != socket) socket->web_socket->close(1000, "");  // too late, or one too many
    return;
  }
  if (!socket->info || full()) return socket->web_socket->close(1000, "");
  auto client = open(*socket->info, EngineTransport::web_socket);
  socket->client = client;
  client->current = socket;
  pump(client);
}

void EngineServer::socket_event(const SocketPtr& socket,
                                const std::function<void(EngineSession&, EngineSocket)>& input) {
  const auto client = socket->client.lock();
  if (!client) return;
  catch_up(client);
  if (client->current == socket) {
    input(client->session, EngineSocket::current);
  } else if (client->probe == socket) {
    input(client->session, EngineSocket::probe);
  }
  pump(client);
}

// ---- sessions

EngineServer::ClientPtr EngineServer::find(const std::string& sid) const {
  const auto found = clients_.find(sid);
  return found == clients_.end() ? nullptr : found->second;
}

EngineServer::ClientPtr EngineServer::open(const ClientInfo& info, EngineTransport transport) {
  auto client = std::make_shared<Client>(options_, make_sid(rng_), transport, loop_.now());
  clients_.emplace(client->sid, client);
  handlers_.opened(client->sid, info);
  return client;
}

void EngineServer::send(const std::string& sid, std::string data, bool binary) {
  const auto client = find(sid);
  if (!client) return;
  client->session.send({PacketType::message, std::move(data), binary});
  pump(client);
}

void EngineServer::close(const std::string& sid) {
  const auto client = find(sid);
  if (!client) return;
  client->session.close(loop_.now());
  pump(client);
}

void EngineServer::close_all() {
  accepting_ = false;
  const auto clients = clients_;  // closing erases
  for (const auto& [sid, client] : clients) close(sid);
}

// What time has brought about is performed before anything new comes in: it is about the poll and the sockets that are
// there now, not about the one that is just arriving.
void EngineServer::catch_up(const ClientPtr& client) {
  client->session.advance(loop_.now());
  pump(client);
}

// Performs what the session says. A handler called from here may send or close: that only adds to the queue which this
// loop is emptying.
void EngineServer::pump(const ClientPtr& client) {
  if (client->pumping) return;
  client->pumping = true;
  while (auto output = client->session.next()) perform(client, *std::move(output));
  client->pumping = false;
  arm(client);
}

void EngineServer::perform(const ClientPtr& client, EngineOutput output) {
  const auto socket = [&](EngineSocket which) {
    return which == EngineSocket::current ? client->current : client->probe;
  };
  struct {
    EngineServer& server;
    const ClientPtr& client;
    decltype(socket)& socket_of;

    void operator()(AnswerPoll& answer) {
      if (auto poll = std::exchange(client->poll, std::nullopt)) poll->ok(std::move(answer.body));
    }
    void operator()(RefusePoll&) {
      if (auto poll = std::exchange(client->poll, std::nullopt)) poll->refuse(EngineError::bad_request);
    }
    void operator()(SendFrame& frame) {
      const auto to = socket_of(frame.socket);
      if (!to || !to->web_socket) return;
      frame.binary ? to->web_socket->send_binary(std::move(frame.data))
                   : to->web_socket->send_text(std::move(frame.data));
    }
    void operator()(CloseSocket& close) {
      const auto to = socket_of(close.socket);
      (close.socket == EngineSocket::current ? client->current : client->probe).reset();
      if (to && to->web_socket) to->web_socket->close(1000, "");
    }
    void operator()(Promote&) { client->current = std::exchange(client->probe, nullptr); }
    void operator()(EngineMessage& message) {
      server.handlers_.message(client->sid, std::move(message.data), message.binary);
    }
    void operator()(Closed& closed) {
      client->timer.cancel();
      server.clients_.erase(client->sid);
      server.handlers_.closed(client->sid, closed.reason);
    }
  } performer{*this, client, socket};
  std::visit(performer, output);
}

// One timer a session, set anew only when the next deadline comes earlier than the one it is set for: deadlines mostly
// move away, and a timer that fires early costs less than setting it at every message.
void EngineServer::arm(const ClientPtr& client) {
  const auto due = client->session.deadline();
  if (client->session.closed() || client->armed_for <= due) return;
  client->armed_for = due;
  const auto delay = std::max(base::Duration::zero(), due - loop_.now());
  client->timer = loop_.after(delay, [this, weak = std::weak_ptr(client)] {
    const auto alive = weak.lock();
    if (!alive) return;
    alive->armed_for = base::Instant::max();
    catch_up(alive);
  });
}

}  // namespace greenroom::api::realtime
