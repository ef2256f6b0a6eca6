// Which node an event of a client is for, and its way there and back (ADR 20). A room lives on the node that claimed it
// on the bus; the events of a client who asks for a room of another node go there, their answers and notices come back,
// while media goes straight between the client and that node. Owned by Signaling, on the control thread; without other
// nodes there is no Relay. Invariants: a client's events are taken up in their order; every relayed event is answered
// once, by the other node or by its deadline; a client is never in rooms of two nodes.
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "api/realtime/placement.hpp"
#include "api/realtime/relay_messages.hpp"
#include "api/realtime/socket_namespace.hpp"
#include "base/log.hpp"
#include "bus/bus.hpp"
#include "net/loop.hpp"

namespace greenroom::api::realtime {

namespace relay_errors {
using base::ErrorCode;
using base::ErrorKind;
inline constexpr ErrorCode unreachable{ErrorKind::unavailable, "realtime.node_unreachable"};
inline constexpr ErrorCode moved{ErrorKind::unavailable, "realtime.room_moved"};
inline constexpr ErrorCode busy{ErrorKind::exhausted, "realtime.busy"};
}  // namespace relay_errors

// Where every node that serves announces itself on the bus, with its NodeLoad.
inline constexpr std::string_view nodes_topic = "nodes";

// What the relay needs of Signaling. Ids are of this node's clients and of far ones alike.
struct RelayHooks {
  std::function<void(const SocketId&, SocketEvent)> run;  // on this node's stage
  // Answers, now or later, once it is known how things stand with the client; an error refuses it.
  std::function<void(const SocketId&, std::function<void(base::Status)>)> settle;
  std::function<base::Status(const SocketId&, const std::string& room)> may_hold;
  std::function<void(const SocketId&)> leave;       // this node's stage
  std::function<bool(const SocketId&)> has_joined;  // this node's stage
  std::function<bool(const std::string& room)> has_room;
  std::function<double()> busy;  // NodeLoad::busy of this node
  std::function<std::vector<SocketId>(const std::string& room)> holders;
  std::function<Identity(const SocketId&)> identity;
  std::function<void(const SocketId& far, Identity)> arrived;
  std::function<void(const SocketId& far)> departed;
  std::function<void(const std::vector<SocketId>& to, std::string_view event, const boost::json::value& data)> emit;
};

class Relay {
 public:
  static constexpr std::size_t in_flight_max = 64;  // relayed events of one client without an answer
  static constexpr std::size_t waiting_max = 64;    // events of one client while its room is looked for
  static constexpr std::size_t far_clients_max = 10'000;
  static constexpr base::Duration deadline = std::chrono::seconds(5);
  static constexpr base::Duration turn_every = std::chrono::seconds(1);
  // A room that was claimed and has not come to be is given up after so long.
  static constexpr base::Duration empty_room_max = std::chrono::seconds(3);

  Relay(bus::Bus& bus, net::Loop& loop, base::LogSink& log, NodeLimits limits, RelayHooks hooks);
  ~Relay();

  static bool is_far(const SocketId& id) { return id.find('/') != id.npos; }

  void event(const SocketId& id, SocketEvent event);  // of a client of this node
  bool leave(const SocketId& id);                     // a room of another node; false: is in none
  bool is_in_far_room(const SocketId& id) const;
  void gone(const SocketId& id);  // a client of this node
  void emit(const std::vector<SocketId>& far, std::string_view event, const boost::json::value& data);

 private:
  struct Seat {
    std::string node;  // that has its room; empty: this one, or none yet
    std::string room;  // there
    bool joined = false;
    bool asking = false;  // whose the room is
    std::deque<SocketEvent> waiting;
    std::size_t in_flight = 0;
  };
  struct Pending {
    SocketId id;
    std::string node;
    std::string event;
    Ack ack;
    base::Instant since;
  };

  // ---- routing
  void route(const SocketId& id, Seat& seat, SocketEvent event);
  void route_to_room(const SocketId& id, Seat& seat, const std::string& room, SocketEvent event);
  void settled(const SocketId& id, const std::string& room, SocketEvent event, const base::Status& now);
  void ask(const SocketId& id, const std::string& room, SocketEvent event);
  void placed(const SocketId& id, const std::string& room, SocketEvent event, base::Result<std::string> holder);
  void move_to(const SocketId& id, Seat& seat, const std::string& node, const std::string& room);
  void take_up(const SocketId& id);

  // ---- to other nodes
  void send(const SocketId& id, Seat& seat, SocketEvent event);
  base::Status say(const std::string& node, const RelayMessage& message);
  void leave_far(const SocketId& id, Seat& seat, bool gone);
  void answer(std::uint64_t number, const boost::json::value& answer, bool came);
  void fail(std::uint64_t number, const base::Error& error);
  void lose_room_of(const SocketId& id, Seat& seat);  // tells the client

  // ---- from other nodes
  void drain();
  void take(const RelayRequest& request);
  void take(const RelayReply& reply);
  void take(const RelayNotice& notice);
  void take(const RelayLeft& left);
  void take(const RelayRollCall& call);
  void take(const RelayRoll& roll);
  void depart(const SocketId& far);

  // ---- by the clock
  void turn();
  void nodes(const std::vector<bus::Member>& alive);
  void fail_overdue(base::Instant now);
  void release_empty_rooms(base::Instant now);
  void claim_lost(const std::string& room);
  NodeLoad load() const;
  void call_the_roll();
  void tell_of_gap();

  bus::Bus& bus_;
  net::Loop& loop_;
  base::LogSink& log_;
  const NodeLimits limits_;
  const RelayHooks hooks_;
  const std::string node_;
  NodeLoads others_;                            // as they said last, with what they were offered since
  std::unordered_map<SocketId, Seat> seats_;    // of clients of this node and of far ones
  std::map<std::string, base::Instant> rooms_;  // claimed by this node; since when empty, or when last seen full
  std::map<std::uint64_t, Pending> pending_;
  std::uint64_t next_number_ = 1;
  std::size_t far_clients_ = 0;
  bool roll_call_due_ = false;
  net::Timer timer_;
  std::shared_ptr<Relay*> self_;  // what the bus answers late finds out here whether we still live
  bus::Subscription inbox_, everyone_;
};

}  // namespace greenroom::api::realtime
