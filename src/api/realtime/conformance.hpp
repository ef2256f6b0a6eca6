// What the official protocol suites of Engine.IO and Socket.IO expect of an implementation under test: namespaces "/"
// and "/custom" that echo, a bare Engine.IO echo, and a WebSocket echo. Owned by Server, in place of Signaling.
#pragma once
#include "api/realtime/engine_server.hpp"
#include "api/realtime/socket_server.hpp"

namespace greenroom::api::realtime {

// On connection emits `auth` with the client's auth payload, answers `message` with `message-back`, and acknowledges
// `message-with-ack` with its own arguments.
void add_echo_namespace(SocketServer& sockets, std::string name);

class EngineEcho {
 public:
  EngineEcho(net::Loop& loop, base::Rng& rng, EngineOptions options);
  EngineServer& engine() { return engine_; }

 private:
  EngineServer engine_;
};

net::WebSocketHandler echo_web_socket();

}  // namespace greenroom::api::realtime
