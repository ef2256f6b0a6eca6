#include "api/realtime/conformance.hpp"

namespace greenroom::api::realtime {

namespace json = boost::json;

namespace {

constexpr auto auth_delay = std::chrono::milliseconds(5);
constexpr auto ack_patience = std::chrono::seconds(5);
constexpr std::size_t large_message = 16 * 1024 * 1024;

struct Echo {
  SocketNamespace* space = nullptr;
  std::unordered_map<SocketId, json::value> auth;

  void say_auth(const SocketId& id) {
    const auto found = auth.find(id);
    if (found != auth.end()) space->emit(id, "auth", {found->second});
  }
  void event(const SocketId& id, SocketEvent event) {
    if (event.name == "message") {
      space->emit(id, "message-back", std::move(event.args), event.attachments);
    } else if (event.name == "message-with-ack" && event.ack) {
      event.ack(std::move(event.args), std::move(event.attachments));
    } else if (event.name == "emit-with-ack") {
      space->emit_with_ack(id, event.name, std::move(event.args), event.attachments, ack_patience,
                           [this, id](base::Result<Acknowledged> answer) {
                             if (answer) space->emit(id, "emit-with-ack", std::move(answer->args), answer->attachments);
                           });
    }
  }
};

}  // namespace

void add_echo_namespace(SocketServer& sockets, net::Loop& loop, std::string name) {
  const auto echo = std::make_shared<Echo>();
  NamespaceHandlers handlers;
  handlers.connecting = [echo](const SocketId& id, const ClientInfo&, const json::value& auth, const Admit& admit) {
    echo->auth[id] = auth;
    admit(std::nullopt);
  };
  handlers.connected = [echo, &loop](const SocketId& id) {
    loop.after(auth_delay,
               [weak = std::weak_ptr(echo), id] {
                 if (const auto alive = weak.lock()) alive->say_auth(id);
               })
        .detach();
  };
  handlers.event = [echo](const SocketId& id, SocketEvent event) { echo->event(id, std::move(event)); };
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
          [socket] { socket->reset(); }, large_message, 2 * large_message};
}

}  // namespace greenroom::api::realtime
