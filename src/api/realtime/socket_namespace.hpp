// One Socket.IO namespace: its sockets and their rooms. Owned by SocketServer, on the control thread. What happens in
// it is decided by NamespaceHandlers; what is sent through it is encoded once, however many receive it. A room exists
// while somebody is in it.
// With recovery, a socket whose connection is lost is away: it keeps its id and its rooms for RecoveryOptions::window,
// and what it is sent is kept (PacketLog). Its client returns with the secret pid that CONNECT gave it and the offset
// of the last event it got, and is sent what it missed, in order, each once. Events that want an acknowledgement have
// no offset and are not repeated.
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
#include "api/realtime/packet_log.hpp"
#include "base/result.hpp"
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

// The answer of a client to an event that wanted one, or why none came.
struct Acknowledged {
  boost::json::array args;
  std::vector<std::string> attachments;
};
using AckReply = std::function<void(base::Result<Acknowledged>)>;

namespace ack_errors {
inline constexpr base::ErrorCode timeout{base::ErrorKind::unavailable, "realtime.ack_timeout"};
inline constexpr base::ErrorCode gone{base::ErrorKind::gone, "realtime.ack_gone"};
inline constexpr base::ErrorCode too_many{base::ErrorKind::exhausted, "realtime.ack_too_many"};
}  // namespace ack_errors

struct NamespaceHandlers {
  std::function<void(const SocketId&, const ClientInfo&, const boost::json::value& auth, Admit)> connecting;
  std::function<void(const SocketId&)> connected;
  std::function<void(const SocketId&, SocketEvent)> event;
  // Also for a socket that was still connecting; exactly once for each `connecting`. With recovery: for good.
  std::function<void(const SocketId&, std::string_view reason)> disconnected;

  // With recovery only, and all three optional. `away`: the connection is lost, the socket may return. `may_return`:
  // the one who has been let in as `newcomer` has the pid of `before`, is it the same person? Then `newcomer` is
  // disconnected and `before` has returned.
  std::function<void(const SocketId&)> away = {};
  std::function<bool(const SocketId& newcomer, const SocketId& before)> may_return = {};
  std::function<void(const SocketId&)> returned = {};
};

struct RecoveryOptions {
  base::Duration window = base::Duration::zero();  // how long a socket may be away; zero: no recovery
  std::size_t away_max = 5'000;                    // sockets; who leaves when so many are away cannot return
  base::Duration received_after{};                 // a connection that is alive has got what was sent so long ago
};

// What a namespace needs of its server.
struct NamespaceLink {
  // One packet to the client of an Engine.IO session.
  std::function<void(const std::string& sid, const std::string& text, std::span<const std::string> binary)> send;
  std::function<void(const std::string& sid)> close;
  net::Loop& loop;
  base::Rng& rng;
  RecoveryOptions recovery = {};
};

class SocketNamespace {
 public:
  SocketNamespace(std::string name, NamespaceHandlers handlers, NamespaceLink link);
  ~SocketNamespace();

  static constexpr std::size_t rooms_per_socket_max = 64;
  static constexpr std::size_t acks_per_socket_max = 64;  // asked for and not yet given

  void emit(const SocketId& to, std::string_view event, boost::json::array args,
            std::span<const std::string> attachments = {});
  void emit(std::span<const SocketId> to, std::string_view event, const boost::json::array& args);
  // To those who are connected now; not kept for those who return.
  void emit_fleeting(std::span<const SocketId> to, std::string_view event, const boost::json::array& args);
  void broadcast(const std::string& room, std::string_view event, const boost::json::array& args,
                 const SocketId& except = {});
  // Answered once: by the client, or when the time has passed, or when the socket is gone.
  void emit_with_ack(const SocketId& to, std::string_view event, boost::json::array args,
                     std::span<const std::string> attachments, base::Duration patience, AckReply reply);
  bool join(const SocketId& socket, const std::string& room);  // false: gone, or in too many rooms
  void leave(const SocketId& socket, const std::string& room);
  void disconnect(const SocketId& socket);  // by the server; the connection stays
  std::size_t size() const { return sockets_.size(); }
  std::size_t away() const { return away_; }

  // What SocketServer passes on; false: the packet is malformed here and the connection is to be closed.
  [[nodiscard]] bool connect(const std::string& sid, const ClientInfo& info, boost::json::value auth);
  [[nodiscard]] bool receive(const std::string& sid, wire::socketio::Packet packet);
  void client_gone(const std::string& sid, CloseReason reason);
  bool has(const std::string& sid) const { return by_sid_.contains(sid); }

 private:
  enum class State : std::uint8_t { connecting, connected, away };
  struct Return {  // what a newcomer says of the socket it was before
    std::string pid;
    std::optional<std::uint64_t> offset;
  };
  struct PendingAck {
    AckReply reply;
    net::Timer timer;
  };
  struct Socket {
    std::string sid;  // empty: away
    State state = State::connecting;
    std::string pid;
    std::set<std::string> rooms;
    PacketLog log;
    std::optional<Return> claim;
    std::unordered_map<std::uint64_t, PendingAck> acks;
    std::uint64_t last_ack = 0;
    net::Timer patience;
  };

  bool recovers() const { return link_.recovery.window > base::Duration::zero(); }
  void admitted(const SocketId& id, const std::optional<Refusal>& refusal);
  void welcome(const SocketId& id, Socket& socket);
  bool take_back(const SocketId& newcomer);
  void reconnect(const SocketId& id, Socket& socket, const std::string& sid, const std::vector<SentPacketPtr>& missed);
  void leave_open(const SocketId& id, Socket& socket);
  void receive_event(const SocketId& id, wire::socketio::Packet packet);
  void receive_ack(const SocketId& id, wire::socketio::Packet packet);
  void answer_ack(const SocketId& id, std::uint64_t ack, base::Result<Acknowledged> answer);
  Ack make_ack(const std::string& sid, std::optional<std::uint64_t> id);
  void remove(const SocketId& id, std::string_view reason);
  void transmit(const std::string& sid, wire::socketio::Packet packet);
  void deliver(const SocketId& to, std::uint64_t offset, const SentPacketPtr& packet);
  SentPacketPtr encode_event(std::string_view event, const boost::json::array& args,
                             std::span<const std::string> attachments, std::uint64_t offset) const;
  Socket* find_connected(const SocketId& id);

  const std::string name_;
  const NamespaceHandlers handlers_;
  const NamespaceLink link_;
  std::unordered_map<SocketId, Socket> sockets_;
  std::unordered_map<std::string, SocketId> by_sid_;
  std::unordered_map<std::string, SocketId> by_pid_;
  std::unordered_map<std::string, std::set<SocketId>> rooms_;
  std::size_t away_ = 0;
  std::uint64_t last_offset_ = 0;           // of all events of this namespace
  std::shared_ptr<SocketNamespace*> self_;  // answers that come late find out here whether we still live
};

}  // namespace greenroom::api::realtime
