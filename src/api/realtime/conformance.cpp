#include "api/realtime/conformance.hpp"

namespace greenroom::api::realtime {

namespace json = boost::json;

void add_echo_namespace(SocketServer& sockets, std::string name) {
  struct Echo {
    SocketNamespace* space = nullptr;
    std::unordered_map<SocketId, json::value> auth;
  };
  const auto echo = std::make_shared<Echo>();
  NamespaceHandlers handlers;
  handlers.connecting = [echo](const SocketId& id, const ClientInfo&, const json::value& auth, const Admit& admit) {
    echo->auth[id] = auth;
    admit(std::nullopt);
  };
  handlers.connected = [echo](const SocketId& id) { echo->space->emit(id, "auth", {echo->auth.at(id)}); };
  handlers.event = [echo](const SocketId& id, SocketEvent event) {
    if (event.name == "message") {
      echo->space->emit(id, "message-back", std::move(event.args), event.attachments);
    } else if (event.name == "message-with-ack" && event.ack) {
      event.ack(std::move(event.args), std::move(event.attachments));
    }
  };
  handlers.disconnected = [echo](const SocketId& id, std::string_view) { echo->auth.erase(id); };
  echo->space = &sockets.add(std::move(name), std::move(handlers));
}

EngineEcho::EngineEcho(net::Loop& loop, base::Rng& rng, EngineOptions options)
    : engine_(loop, rng, std::move(options),
              {[](const std::string&, const ClientInfo&) {},
               [this](const std::string& sid, std::string data, bool binary) {
                 engine_.send(sid, std::move(data), binary);
               },
               [](const std::string&, CloseReason) {}}) {}

net::WebSocketHandler echo_web_socket() {
  const auto socket = std::make_shared<std::shared_ptr<net::WebSocket>>();
  return {[socket](std::shared_ptr<net::WebSocket> opened) { *socket = std::move(opened); },
          [socket](std::string message, bool binary) {
            binary ? (*socket)->send_binary(std::move(message)) : (*socket)->send_text(std::move(message));
          },
          [socket] { socket->reset(); }};
}

}  // namespace greenroom::api::realtime
