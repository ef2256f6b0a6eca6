#include "api/realtime/socket_server.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace greenroom::api::realtime {

namespace json = boost::json;
using wire::socketio::Packet;
using wire::socketio::PacketType;

SocketServer::SocketServer(net::Loop& loop, base::Rng& rng, SocketOptions options)
    : loop_(loop),
      rng_(rng),
      options_(std::move(options)),
      engine_(loop, rng, options_.engine,
              {[this](const std::string& sid, const ClientInfo& info) { opened(sid, info); },
               [this](const std::string& sid, std::string data, bool binary) { message(sid, std::move(data), binary); },
               [this](const std::string& sid, CloseReason reason) { closed(sid, reason); }}) {}

SocketServer::~SocketServer() = default;

SocketNamespace& SocketServer::add(std::string name, NamespaceHandlers handlers) {
  const auto send = [this](const std::string& sid, const std::string& text, std::span<const std::string> binary) {
    engine_.send(sid, text);
    for (const auto& attachment : binary) engine_.send(sid, attachment, true);
  };
  auto recovery = options_.recovery;
  recovery.received_after = options_.engine.ping_interval + options_.engine.ping_timeout;
  auto& slot = namespaces_[name];
  slot = std::make_unique<SocketNamespace>(
      name, std::move(handlers),
      NamespaceLink{send, [this](const std::string& sid) { engine_.close(sid); }, loop_, rng_, recovery});
  return *slot;
}

void SocketServer::opened(const std::string& sid, const ClientInfo& info) {
  auto& client = clients_.try_emplace(sid, options_.events).first->second;
  client.info = info;
  client.connect_timer = loop_.after(options_.connect_timeout, [this, sid] {
    if (!is_in_a_namespace(sid)) engine_.close(sid);
  });
}

void SocketServer::message(const std::string& sid, std::string data, bool binary) {
  const auto found = clients_.find(sid);
  if (found == clients_.end()) return;
  auto& client = found->second;
  auto packet = binary ? client.assembler.binary(std::move(data)) : client.assembler.text(data);
  if (!packet) return engine_.close(sid);
  if (*packet && !client.rate.take(loop_.now())) return too_fast(sid, client, **packet);
  if (*packet && !dispatch(sid, client, *std::move(*packet))) engine_.close(sid);
}

// What comes too fast is not done, and said so where an answer was wanted. A client that does not heed it is closed.
void SocketServer::too_fast(const std::string& sid, Client& client, const Packet& packet) {
  if (client.rate.refused() > options_.events.burst) return engine_.close(sid);
  if (packet.type != PacketType::event && packet.type != PacketType::binary_event) return;
  if (!packet.id) return;
  const json::object error{{"error", "too many events, slow down"}, {"code", "realtime.too_many_events"}};
  engine_.send(sid,
               wire::socketio::encode_text({PacketType::ack, packet.name_space, packet.id, json::array{error}, {}}));
}

bool SocketServer::dispatch(const std::string& sid, Client& client, Packet packet) {
  if (packet.type == PacketType::connect) return connect(sid, client, std::move(packet));
  const auto found = namespaces_.find(packet.name_space);
  return found != namespaces_.end() && found->second->receive(sid, std::move(packet));
}

// The query that some clients put behind a namespace's name is not part of it.
bool SocketServer::connect(const std::string& sid, Client& client, Packet packet) {
  const auto name = packet.name_space.substr(0, packet.name_space.find('?'));
  const auto found = namespaces_.find(name);
  if (found == namespaces_.end()) {
    const Packet error{PacketType::connect_error, name, {}, json::object{{"message", "Invalid namespace"}}, {}};
    engine_.send(sid, wire::socketio::encode_text(error));
    return true;
  }
  auto auth = packet.payload.is_null() ? json::value(json::object()) : std::move(packet.payload);
  return found->second->connect(sid, client.info, std::move(auth));
}

bool SocketServer::is_in_a_namespace(const std::string& sid) const {
  return std::any_of(namespaces_.begin(), namespaces_.end(), [&](const auto& entry) { return entry.second->has(sid); });
}

void SocketServer::closed(const std::string& sid, CloseReason reason) {
  clients_.erase(sid);
  for (const auto& [name, space] : namespaces_) space->client_gone(sid, reason);
}

}  // namespace greenroom::api::realtime
