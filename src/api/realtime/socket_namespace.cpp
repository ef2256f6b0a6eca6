#include "api/realtime/socket_namespace.hpp"

#include <boost/json/array.hpp>

namespace greenroom::api::realtime {

namespace json = boost::json;
using wire::socketio::Packet;
using wire::socketio::PacketType;

SocketNamespace::SocketNamespace(std::string name, NamespaceHandlers handlers, Send send, base::Rng& rng)
    : name_(std::move(name)),
      handlers_(std::move(handlers)),
      send_(std::move(send)),
      rng_(rng),
      self_(std::make_shared<SocketNamespace*>(this)) {}

SocketNamespace::~SocketNamespace() = default;

// ---- from clients

bool SocketNamespace::connect(const std::string& sid, const ClientInfo& info, json::value auth) {
  if (has(sid)) return false;
  const SocketId id = make_sid(rng_);
  sockets_[id].sid = sid;
  by_sid_[sid] = id;
  handlers_.connecting(id, info, auth, [weak = std::weak_ptr(self_), id](const std::optional<Refusal>& refusal) {
    if (const auto self = weak.lock()) (*self)->admitted(id, refusal);
  });
  return true;
}

void SocketNamespace::admitted(const SocketId& id, const std::optional<Refusal>& refusal) {
  const auto found = sockets_.find(id);
  if (found == sockets_.end() || found->second.connected) return;
  const std::string sid = found->second.sid;
  if (refusal) {
    json::object payload{{"message", refusal->message}};
    if (!refusal->data.is_null()) payload["data"] = refusal->data;
    transmit(sid, {PacketType::connect_error, name_, {}, std::move(payload), {}});
    return remove(id, "refused");
  }
  found->second.connected = true;
  transmit(sid, {PacketType::connect, name_, {}, json::object{{"sid", id}}, {}});
  handlers_.connected(id);
}

bool SocketNamespace::receive(const std::string& sid, Packet packet) {
  const auto by_sid = by_sid_.find(sid);
  if (by_sid == by_sid_.end()) return false;
  const SocketId id = by_sid->second;
  if (packet.type == PacketType::disconnect) {
    remove(id, "client namespace disconnect");
    return true;
  }
  if (!find_connected(id) || packet.type == PacketType::connect_error) return false;
  if (packet.type == PacketType::event || packet.type == PacketType::binary_event) receive_event(id, std::move(packet));
  return true;  // acknowledgements of events that asked for none mean nothing
}

void SocketNamespace::receive_event(const SocketId& id, Packet packet) {
  auto& args = packet.payload.get_array();
  SocketEvent event;
  if (args[0].is_string()) event.name = args[0].get_string();  // a number names nothing we know
  event.args = std::move(args);
  event.args.erase(event.args.begin());
  event.attachments = std::move(packet.attachments);
  event.ack = make_ack(sockets_.at(id).sid, packet.id);
  handlers_.event(id, std::move(event));
}

Ack SocketNamespace::make_ack(const std::string& sid, std::optional<std::uint64_t> id) {
  if (!id) return nullptr;
  return [weak = std::weak_ptr(self_), sid, id, once = std::make_shared<bool>(false)](
             json::array args, std::vector<std::string> attachments) {
    const auto self = weak.lock();
    if (!self || std::exchange(*once, true) || !(*self)->has(sid)) return;
    (*self)->transmit(sid, {PacketType::ack, (*self)->name_, id, std::move(args), std::move(attachments)});
  };
}

void SocketNamespace::client_gone(const std::string& sid, std::string_view reason) {
  const auto by_sid = by_sid_.find(sid);
  if (by_sid != by_sid_.end()) remove(SocketId(by_sid->second), reason);
}

void SocketNamespace::remove(const SocketId& id, std::string_view reason) {
  auto node = sockets_.extract(id);
  if (node.empty()) return;
  by_sid_.erase(node.mapped().sid);
  for (const auto& room : node.mapped().rooms) {
    const auto found = rooms_.find(room);
    found->second.erase(node.key());
    if (found->second.empty()) rooms_.erase(found);
  }
  handlers_.disconnected(node.key(), reason);
}

// ---- to clients

SocketNamespace::Socket* SocketNamespace::find_connected(const SocketId& id) {
  const auto found = sockets_.find(id);
  return found != sockets_.end() && found->second.connected ? &found->second : nullptr;
}

void SocketNamespace::transmit(const std::string& sid, Packet packet) {
  send_(sid, wire::socketio::encode_text(packet), packet.attachments);
}

std::string SocketNamespace::event_text(std::string_view event, const json::array& args,
                                        std::size_t attachments) const {
  json::array payload;
  payload.reserve(args.size() + 1);
  payload.emplace_back(event);
  payload.insert(payload.end(), args.begin(), args.end());
  Packet packet{PacketType::event, name_, {}, std::move(payload), {}};
  packet.attachments.resize(attachments);  // only their number is printed
  return wire::socketio::encode_text(packet);
}

void SocketNamespace::emit(const SocketId& to, std::string_view event, json::array args,
                           std::span<const std::string> attachments) {
  if (const auto* socket = find_connected(to)) {
    send_(std::string(socket->sid), event_text(event, args, attachments.size()), attachments);
  }
}

void SocketNamespace::emit(std::span<const SocketId> to, std::string_view event, const json::array& args) {
  if (to.empty()) return;
  const auto text = event_text(event, args, 0);
  for (const auto& id : to) {
    if (const auto* socket = find_connected(id)) send_(std::string(socket->sid), text, {});
  }
}

void SocketNamespace::broadcast(const std::string& room, std::string_view event, const json::array& args,
                                const SocketId& except) {
  const auto found = rooms_.find(room);
  if (found == rooms_.end()) return;
  std::vector<SocketId> to(found->second.begin(), found->second.end());  // a send may end a session
  std::erase(to, except);
  emit(to, event, args);
}

bool SocketNamespace::join(const SocketId& id, const std::string& room) {
  auto* socket = find_connected(id);
  if (!socket || (socket->rooms.size() >= rooms_per_socket_max && !socket->rooms.contains(room))) return false;
  socket->rooms.insert(room);
  rooms_[room].insert(id);
  return true;
}

void SocketNamespace::leave(const SocketId& id, const std::string& room) {
  const auto socket = sockets_.find(id);
  if (socket == sockets_.end() || socket->second.rooms.erase(room) == 0) return;
  const auto found = rooms_.find(room);
  found->second.erase(id);
  if (found->second.empty()) rooms_.erase(found);
}

void SocketNamespace::disconnect(const SocketId& id) {
  const auto found = sockets_.find(id);
  if (found == sockets_.end()) return;
  transmit(std::string(found->second.sid), {PacketType::disconnect, name_, {}, nullptr, {}});
  remove(SocketId(id), "server namespace disconnect");
}

}  // namespace greenroom::api::realtime
