// What a namespace sends: events, to one, to many, to a room, with or without an acknowledgement.
#include <boost/json/array.hpp>

#include "api/realtime/socket_namespace.hpp"

namespace greenroom::api::realtime {

namespace json = boost::json;
using wire::socketio::Packet;
using wire::socketio::PacketType;

namespace {

json::array event_payload(std::string_view event, const json::array& args) {
  json::array payload;
  payload.reserve(args.size() + 2);
  payload.emplace_back(event);
  payload.insert(payload.end(), args.begin(), args.end());
  return payload;
}

}  // namespace

SocketNamespace::Socket* SocketNamespace::find_connected(const SocketId& id) {
  const auto found = sockets_.find(id);
  return found != sockets_.end() && found->second.state == State::connected ? &found->second : nullptr;
}

void SocketNamespace::transmit(const std::string& sid, Packet packet) {
  link_.send(sid, wire::socketio::encode_text(packet), packet.attachments);
}

// The offset is the last argument, where the JavaScript client looks for it.
SentPacketPtr SocketNamespace::encode_event(std::string_view event, const json::array& args,
                                            std::span<const std::string> attachments, std::uint64_t offset) const {
  Packet packet{PacketType::event, name_, {}, nullptr, {attachments.begin(), attachments.end()}};
  auto payload = event_payload(event, args);
  if (recovers()) payload.emplace_back(std::to_string(offset));
  packet.payload = std::move(payload);
  auto text = wire::socketio::encode_text(packet);
  return std::make_shared<SentPacket>(SentPacket{std::move(text), std::move(packet.attachments)});
}

void SocketNamespace::deliver(const SocketId& to, std::uint64_t offset, const SentPacketPtr& packet) {
  const auto found = sockets_.find(to);
  if (found == sockets_.end() || found->second.state == State::connecting) return;
  auto& socket = found->second;
  if (recovers()) {
    const auto now = link_.loop.now();
    socket.log.add(offset, packet, now);
    if (socket.state == State::connected) socket.log.drop_before(now - link_.recovery.received_after);
  }
  if (socket.state == State::connected) link_.send(std::string(socket.sid), packet->text, packet->attachments);
}

void SocketNamespace::emit(const SocketId& to, std::string_view event, json::array args,
                           std::span<const std::string> attachments) {
  const auto offset = ++last_offset_;
  deliver(to, offset, encode_event(event, args, attachments, offset));
}

void SocketNamespace::emit(std::span<const SocketId> to, std::string_view event, const json::array& args) {
  if (to.empty()) return;
  const auto offset = ++last_offset_;
  const auto packet = encode_event(event, args, {}, offset);
  for (const auto& id : to) deliver(id, offset, packet);
}

void SocketNamespace::emit_fleeting(std::span<const SocketId> to, std::string_view event, const json::array& args) {
  const auto text = wire::socketio::encode_text({PacketType::event, name_, {}, event_payload(event, args), {}});
  for (const auto& id : to) {
    if (const auto* socket = find_connected(id)) link_.send(std::string(socket->sid), text, {});
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

void SocketNamespace::emit_with_ack(const SocketId& to, std::string_view event, json::array args,
                                    std::span<const std::string> attachments, base::Duration patience, AckReply reply) {
  auto* socket = find_connected(to);
  if (!socket) return reply(base::fail(ack_errors::gone, "the client is not connected"));
  if (socket->acks.size() >= acks_per_socket_max) {
    return reply(base::fail(ack_errors::too_many, "too many acknowledgements are being waited for"));
  }
  const auto ack = ++socket->last_ack;
  auto timer = link_.loop.after(patience, [this, id = SocketId(to), ack] {
    answer_ack(id, ack, base::fail(ack_errors::timeout, "the client did not answer in time"));
  });
  socket->acks.emplace(ack, PendingAck{std::move(reply), std::move(timer)});
  transmit(std::string(socket->sid), {PacketType::event, name_, ack, event_payload(event, args),
                                      std::vector<std::string>(attachments.begin(), attachments.end())});
}

// One that nobody waits for, or not any more, means nothing.
void SocketNamespace::receive_ack(const SocketId& id, Packet packet) {
  if (!packet.id) return;
  answer_ack(id, *packet.id, Acknowledged{std::move(packet.payload.get_array()), std::move(packet.attachments)});
}

void SocketNamespace::answer_ack(const SocketId& id, std::uint64_t ack, base::Result<Acknowledged> answer) {
  const auto socket = sockets_.find(id);
  if (socket == sockets_.end()) return;
  auto pending = socket->second.acks.extract(ack);
  if (!pending.empty()) pending.mapped().reply(std::move(answer));
}

}  // namespace greenroom::api::realtime
