// What the official protocol suites of Engine.IO and Socket.IO expect of an implementation under test: namespaces "/"
// and "/custom" that echo, a bare Engine.IO echo, and a WebSocket echo. Owned by Server, in place of Signaling.
#pragma once
#include "api/realtime/engine_server.hpp"
#include "api/realtime/socket_server.hpp"

namespace greenroom::api::realtime {

// On connection emits `auth` with the client's auth payload, answers `message` with `message-back`, acknowledges
// `message-with-ack` with its own arguments, and asks for an acknowledgement of `emit-with-ack`, which it then emits.
// `auth` comes a moment after the connection's answer: the suites wait for one message after the other and lose the
// second of two that arrive in one piece.
void add_echo_namespace(SocketServer& sockets, net::Loop& loop, std::string name);

class EngineEcho {
 public:
  EngineEcho(net::Loop& loop, base::Rng& rng, EngineOptions options);
  EngineServer& engine() { return engine_; }

 private:
  EngineServer engine_;
};

// Takes messages of 16 MiB, which RFC 6455 conformance clients send.
net::WebSocketHandler echo_web_socket();

}  // namespace greenroom::api::realtime
