// Coming, going, rooms. What is sent is in socket_namespace_send.cpp.
#include "api/realtime/socket_namespace.hpp"

#include <charconv>

namespace greenroom::api::realtime {

namespace json = boost::json;
using wire::socketio::Packet;
using wire::socketio::PacketType;

namespace {

const json::string* text_of(const json::value& auth, std::string_view name) {
  const auto* object = auth.if_object();
  const auto* value = object ? object->if_contains(name) : nullptr;
  return value ? value->if_string() : nullptr;
}

// A client that has got no event yet has no offset to give: it missed everything since it connected.
std::optional<std::uint64_t> parse_offset(const json::string* text) {
  if (!text) return 0;
  std::uint64_t offset = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), offset);
  const bool whole = error == std::errc() && end == text->data() + text->size();
  return whole ? std::optional(offset) : std::nullopt;
}

// What a client may not come back from: it broke the protocol, or we are stopping.
bool may_come_back(CloseReason reason) {
  return reason != CloseReason::parse_error && reason != CloseReason::server_close;
}

}  // namespace

SocketNamespace::SocketNamespace(std::string name, NamespaceHandlers handlers, NamespaceLink link)
    : name_(std::move(name)),
      handlers_(std::move(handlers)),
      link_(std::move(link)),
      self_(std::make_shared<SocketNamespace*>(this)) {}

SocketNamespace::~SocketNamespace() = default;

// ---- coming

bool SocketNamespace::connect(const std::string& sid, const ClientInfo& info, json::value auth) {
  if (has(sid)) return false;
  const SocketId id = make_sid(link_.rng);
  auto& socket = sockets_[id];
  socket.sid = sid;
  const auto* pid = recovers() ? text_of(auth, "pid") : nullptr;
  if (pid) socket.claim = Return{std::string(*pid), parse_offset(text_of(auth, "offset"))};
  by_sid_[sid] = id;
  handlers_.connecting(id, info, auth, [weak = std::weak_ptr(self_), id](const std::optional<Refusal>& refusal) {
    if (const auto self = weak.lock()) (*self)->admitted(id, refusal);
  });
  return true;
}

void SocketNamespace::admitted(const SocketId& id, const std::optional<Refusal>& refusal) {
  const auto found = sockets_.find(id);
  if (found == sockets_.end() || found->second.state != State::connecting) return;
  if (refusal) {
    json::object payload{{"message", refusal->message}};
    if (!refusal->data.is_null()) payload["data"] = refusal->data;
    transmit(std::string(found->second.sid), {PacketType::connect_error, name_, {}, std::move(payload), {}});
    return remove(id, "refused");
  }
  if (!take_back(id)) welcome(id, found->second);
}

void SocketNamespace::welcome(const SocketId& id, Socket& socket) {
  socket.state = State::connected;
  socket.claim.reset();
  json::object payload{{"sid", id}};
  if (recovers()) {
    socket.pid = make_sid(link_.rng);
    by_pid_[socket.pid] = id;
    payload["pid"] = socket.pid;
  }
  transmit(std::string(socket.sid), {PacketType::connect, name_, {}, std::move(payload), {}});
  handlers_.connected(id);
}

// Whether the newcomer turned out to be a socket that was away, or one whose lost connection we had not noticed yet.
bool SocketNamespace::take_back(const SocketId& newcomer) {
  const auto claim = std::exchange(sockets_.at(newcomer).claim, std::nullopt);
  const auto known = claim ? by_pid_.find(claim->pid) : by_pid_.end();
  if (known == by_pid_.end() || !claim->offset || *claim->offset > last_offset_) return false;
  const SocketId before = known->second;
  const auto missed = sockets_.at(before).log.after(*claim->offset);
  if (!missed || (handlers_.may_return && !handlers_.may_return(newcomer, before))) return false;
  const std::string sid = sockets_.at(newcomer).sid;
  remove(newcomer, "returned as the socket it was");
  reconnect(before, sockets_.at(before), sid, *missed);
  return true;
}

void SocketNamespace::reconnect(const SocketId& id, Socket& socket, const std::string& sid,
                                const std::vector<SentPacketPtr>& missed) {
  const auto old = std::exchange(socket.sid, sid);
  by_sid_.erase(old);
  by_sid_[sid] = id;
  if (std::exchange(socket.state, State::connected) == State::away) --away_;
  socket.patience.cancel();
  transmit(sid, {PacketType::connect, name_, {}, json::object{{"sid", id}, {"pid", socket.pid}}, {}});
  for (const auto& packet : missed) link_.send(sid, packet->text, packet->attachments);
  if (!old.empty()) link_.close(old);
  if (handlers_.returned) handlers_.returned(id);
}

// ---- from clients

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
  if (packet.type == PacketType::ack || packet.type == PacketType::binary_ack) receive_ack(id, std::move(packet));
  return true;
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

// ---- going

void SocketNamespace::client_gone(const std::string& sid, CloseReason reason) {
  const auto by_sid = by_sid_.find(sid);
  if (by_sid == by_sid_.end()) return;
  const SocketId id = by_sid->second;
  auto& socket = sockets_.at(id);
  const bool keep = recovers() && socket.state == State::connected && may_come_back(reason);
  if (!keep || away_ >= link_.recovery.away_max) return remove(id, to_string(reason));
  leave_open(id, socket);
}

void SocketNamespace::leave_open(const SocketId& id, Socket& socket) {
  by_sid_.erase(socket.sid);
  socket.sid.clear();
  socket.state = State::away;
  ++away_;
  socket.patience = link_.loop.after(link_.recovery.window, [this, id] { remove(id, "did not return"); });
  if (handlers_.away) handlers_.away(id);
}

void SocketNamespace::remove(const SocketId& id, std::string_view reason) {
  auto node = sockets_.extract(id);
  if (node.empty()) return;
  auto& socket = node.mapped();
  if (socket.state == State::away) --away_;
  by_sid_.erase(socket.sid);
  by_pid_.erase(socket.pid);
  for (const auto& room : socket.rooms) {
    const auto found = rooms_.find(room);
    found->second.erase(node.key());
    if (found->second.empty()) rooms_.erase(found);
  }
  for (auto& [ack, pending] : socket.acks) pending.reply(base::fail(ack_errors::gone, "the client has gone"));
  handlers_.disconnected(node.key(), reason);
}

void SocketNamespace::disconnect(const SocketId& id) {
  const auto found = sockets_.find(id);
  if (found == sockets_.end()) return;
  if (found->second.state != State::away)
    transmit(std::string(found->second.sid), {PacketType::disconnect, name_, {}, nullptr, {}});
  remove(SocketId(id), "server namespace disconnect");
}

// ---- rooms

bool SocketNamespace::join(const SocketId& id, const std::string& room) {
  const auto found = sockets_.find(id);
  if (found == sockets_.end() || found->second.state == State::connecting) return false;
  auto& rooms = found->second.rooms;
  if (rooms.size() >= rooms_per_socket_max && !rooms.contains(room)) return false;
  rooms.insert(room);
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

}  // namespace greenroom::api::realtime
