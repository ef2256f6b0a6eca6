// One Socket.IO namespace: its sockets and their rooms. Owned by SocketServer, on the control thread. What happens in
// it is decided by NamespaceHandlers; what is sent through it is encoded once, however many receive it. A room exists
// while somebody is in it.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "api/realtime/engine_server.hpp"
#include "wire/socketio.hpp"

namespace greenroom::api::realtime {

using SocketId = std::string;  // not the Engine.IO session's id, which is a secret of its client

using Ack = std::function<void(boost::json::array args, std::vector<std::string> attachments)>;

struct SocketEvent {
  std::string name;
  boost::json::array args;  // without the name; binary as placeholders
  std::vector<std::string> attachments;
  Ack ack;  // empty when the client wants none; calls after the first do nothing
};

struct Refusal {
  std::string message;
  boost::json::value data;  // null: none
};

// Answers one CONNECT, once, then or later: nothing lets in. Answers for a socket that has gone meanwhile do nothing.
using Admit = std::function<void(std::optional<Refusal>)>;

struct NamespaceHandlers {
  std::function<void(const SocketId&, const ClientInfo&, const boost::json::value& auth, Admit)> connecting;
  std::function<void(const SocketId&)> connected;
  std::function<void(const SocketId&, SocketEvent)> event;
  // Also for a socket that was still connecting; exactly once for each `connecting`.
  std::function<void(const SocketId&, std::string_view reason)> disconnected;
};

class SocketNamespace {
 public:
  // send: one packet to the client of an Engine.IO session.
  using Send =
      std::function<void(const std::string& sid, const std::string& text, std::span<const std::string> binary)>;

  SocketNamespace(std::string name, NamespaceHandlers handlers, Send send, base::Rng& rng);
  ~SocketNamespace();

  static constexpr std::size_t rooms_per_socket_max = 64;

  void emit(const SocketId& to, std::string_view event, boost::json::array args,
            std::span<const std::string> attachments = {});
  void emit(std::span<const SocketId> to, std::string_view event, const boost::json::array& args);
  void broadcast(const std::string& room, std::string_view event, const boost::json::array& args,
                 const SocketId& except = {});
  bool join(const SocketId& socket, const std::string& room);  // false: gone, or in too many rooms
  void leave(const SocketId& socket, const std::string& room);
  void disconnect(const SocketId& socket);  // by the server; the connection stays
  std::size_t size() const { return sockets_.size(); }

  // What SocketServer passes on; false: the packet is malformed here and the connection is to be closed.
  [[nodiscard]] bool connect(const std::string& sid, const ClientInfo& info, boost::json::value auth);
  [[nodiscard]] bool receive(const std::string& sid, wire::socketio::Packet packet);
  void client_gone(const std::string& sid, std::string_view reason);
  bool has(const std::string& sid) const { return by_sid_.contains(sid); }

 private:
  struct Socket {
    std::string sid;
    bool connected = false;
    std::set<std::string> rooms;
  };

  void admitted(const SocketId& id, const std::optional<Refusal>& refusal);
  void receive_event(const SocketId& id, wire::socketio::Packet packet);
  Ack make_ack(const std::string& sid, std::optional<std::uint64_t> id);
  void remove(const SocketId& id, std::string_view reason);
  void transmit(const std::string& sid, wire::socketio::Packet packet);
  std::string event_text(std::string_view event, const boost::json::array& args, std::size_t attachments) const;
  Socket* find_connected(const SocketId& id);

  const std::string name_;
  const NamespaceHandlers handlers_;
  const Send send_;
  base::Rng& rng_;
  std::unordered_map<SocketId, Socket> sockets_;
  std::unordered_map<std::string, SocketId> by_sid_;
  std::unordered_map<std::string, std::set<SocketId>> rooms_;
  std::shared_ptr<SocketNamespace*> self_;  // answers that come late find out here whether we still live
};

}  // namespace greenroom::api::realtime
