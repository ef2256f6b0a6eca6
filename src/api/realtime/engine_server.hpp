// Engine.IO over net: gives polls, posts and WebSockets to their EngineSession and performs what the session says.
// Owned by Server, on the control thread; it must outlive the connections of the HttpServer that feeds it. What is
// above hears three things about a session: opened, message, closed; closed comes exactly once and last.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "api/realtime/engine_session.hpp"
#include "base/rng.hpp"
#include "net/http.hpp"
#include "net/loop.hpp"

namespace greenroom::api::realtime {

// What is kept of the request that opened a session.
struct ClientInfo {
  std::string remote;  // IP address
  std::string cookie;  // the Cookie field; empty where the request came from another site's page
};

struct EngineHandlers {
  std::function<void(const std::string& sid, const ClientInfo&)> opened;
  std::function<void(const std::string& sid, std::string data, bool binary)> message;
  std::function<void(const std::string& sid, CloseReason reason)> closed;
};

class EngineServer {
 public:
  EngineServer(net::Loop& loop, base::Rng& rng, EngineOptions options, EngineHandlers handlers);
  ~EngineServer();

  void request(net::Request request, net::Responder respond);
  std::optional<net::WebSocketHandler> web_socket(const net::Request& request);

  void send(const std::string& sid, std::string data, bool binary = false);
  void close(const std::string& sid);
  void close_all();  // and takes no new ones
  std::size_t size() const { return clients_.size(); }

 private:
  struct Client;
  using ClientPtr = std::shared_ptr<Client>;
  struct Socket;
  using SocketPtr = std::shared_ptr<Socket>;
  class Reply;  // a Responder with the CORS fields of its request

  void handshake(const net::Request& request, Reply reply);
  void resume(const ClientPtr& client, const net::Request& request, Reply reply);
  void poll(const ClientPtr& client, Reply reply);
  void watch_poll(const ClientPtr& client);
  void post(const ClientPtr& client, std::string_view body, Reply reply);
  std::optional<net::WebSocketHandler> new_socket(const net::Request& request);
  std::optional<net::WebSocketHandler> upgrade_socket(const ClientPtr& client);
  net::WebSocketHandler socket_handler(SocketPtr socket);
  void socket_opened(const SocketPtr& socket);
  void socket_event(const SocketPtr& socket, const std::function<void(EngineSession&, EngineSocket)>& input);

  ClientPtr find(const std::string& sid) const;
  ClientPtr open(const ClientInfo& info, EngineTransport transport);
  bool full() const { return !accepting_ || clients_.size() >= options_.sessions_max; }
  void catch_up(const ClientPtr& client);
  void pump(const ClientPtr& client);
  void perform(const ClientPtr& client, EngineOutput output);
  void arm(const ClientPtr& client);

  net::Loop& loop_;
  base::Rng& rng_;
  const EngineOptions options_;
  const EngineHandlers handlers_;
  std::unordered_map<std::string, ClientPtr> clients_;
  bool accepting_ = true;
};

// 120 random bits in 20 characters of base64url: cannot be guessed.
std::string make_sid(base::Rng& rng);

}  // namespace greenroom::api::realtime
