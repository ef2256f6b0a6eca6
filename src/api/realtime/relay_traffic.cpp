// What nodes send one another, and what is due by the clock.
#include "api/realtime/relay.hpp"
#include "api/realtime/signaling.hpp"

namespace greenroom::api::realtime {

namespace json = boost::json;

namespace {

SocketId far_id(std::string_view node, std::string_view socket) {
  return std::string(node) + "/" + std::string(socket);
}

struct FarClient {
  std::string node, socket;
};
FarClient split(const SocketId& far) {
  const auto slash = far.find('/');
  return {far.substr(0, slash), far.substr(slash + 1)};
}

base::Error unreachable() {
  return {relay_errors::unreachable, "the server that has the room does not answer, try again", {}};
}

}  // namespace

base::Status Relay::say(const std::string& node, const RelayMessage& message) {
  return bus_.publish(node_topic(node), print_relay_message(message));
}

// ---- events of this node's clients

void Relay::send(const SocketId& id, Seat& seat, SocketEvent event) {
  if (seat.in_flight >= in_flight_max) {
    if (event.ack) event.ack({error_json({relay_errors::busy, "too many calls at once", {}})}, {});
    return;
  }
  const auto number = next_number_++;
  RelayRequest request{node_, number, id, to_relayed(hooks_.identity(id)), event.name, nullptr};
  if (!event.args.empty()) request.data = std::move(event.args[0]);
  ++seat.in_flight;
  pending_.emplace(number, Pending{id, seat.node, event.name, std::move(event.ack), loop_.now()});
  if (const auto said = say(seat.node, request); !said) fail(number, said.error());
}

void Relay::answer(std::uint64_t number, const json::value& answer, bool came) {
  const auto node = pending_.extract(number);
  if (node.empty()) return;
  const auto& pending = node.mapped();
  if (const auto seat = seats_.find(pending.id); seat != seats_.end()) {
    --seat->second.in_flight;
    const bool good = !answer.is_object() || !answer.get_object().contains("error");
    if (pending.event == "joinRoom" && good) seat->second.joined = true;
    if (pending.event == "leaveRoom" && good) seat->second.joined = false;
    // Perhaps it did happen there: then it must not be so any more, now that the client is told the contrary.
    if (!came && (pending.event == "joinRoom" || pending.event == "createRoom") && seat->second.node == pending.node) {
      leave_far(pending.id, seat->second, false);
    }
  }
  if (pending.ack) pending.ack({answer}, {});
}

void Relay::fail(std::uint64_t number, const base::Error& error) { answer(number, error_json(error), false); }

// ---- to clients of other nodes

void Relay::emit(const std::vector<SocketId>& far, std::string_view event, const json::value& data) {
  std::map<std::string, RelayNotice> by_node;
  for (const auto& id : far) {
    auto [node, socket] = split(id);
    by_node[node].to.push_back(std::move(socket));
  }
  for (auto& [node, notice] : by_node) {
    notice.from = node_;
    notice.event = event;
    notice.data = data;
    static_cast<void>(say(node, notice));  // unsaid: that node learns of the gap
  }
}

// ---- from other nodes

void Relay::drain() {
  for (auto* subscription : {&inbox_, &everyone_}) {
    auto drained = subscription->drain();
    if (drained.missed) {
      log_.warning("relay.missed", {{"messages", std::int64_t(drained.missed)}});
      call_the_roll();
      tell_of_gap();
    }
    for (const auto& text : drained.messages) {
      const auto message = parse_relay_message(text.payload);
      if (!message) {
        log_.error("relay.bad_message");
        continue;
      }
      std::visit(
          [this](const auto& m) {
            if (m.from != node_) take(m);
          },
          *message);
    }
  }
}

void Relay::take(const RelayRequest& request) {
  const auto id = far_id(request.from, request.socket);
  const auto ack = [this, weak = std::weak_ptr(self_), node = request.from, number = request.number](
                       const json::array& args, const std::vector<std::string>&) {
    if (weak.expired()) return;
    static_cast<void>(
        say(node, RelayReply{node_, number, args.empty() ? json::value() : args[0]}));  // its deadline ends
  };
  if (!seats_.contains(id)) {
    if (far_clients_ >= far_clients_max) return ack({error_json({relay_errors::busy, "the server is full", {}})}, {});
    ++far_clients_;
    hooks_.arrived(id, to_identity(request.who));
  }
  // Its node does not think so: the answer to an earlier one was lost.
  if (request.event == "joinRoom" && hooks_.has_joined(id)) hooks_.leave(id);
  event(id, {request.event, {request.data}, {}, ack});
}

void Relay::take(const RelayReply& reply) {
  const auto found = pending_.find(reply.number);
  if (found != pending_.end() && found->second.node == reply.from) answer(reply.number, reply.answer, true);
}

void Relay::take(const RelayNotice& notice) {
  std::vector<SocketId> to;
  for (const auto& id : notice.to) {
    const auto seat = seats_.find(id);
    if (is_far(id) || seat == seats_.end() || seat->second.node != notice.from) continue;  // has moved on
    if (notice.event == "leftRoom" || notice.event == "displaced") seat->second.joined = false;
    to.push_back(id);
  }
  hooks_.emit(to, notice.event, notice.data);
}

void Relay::take(const RelayLeft& left) {
  const auto id = far_id(left.from, left.socket);
  if (!seats_.contains(id)) return;
  if (left.gone) return depart(id);
  hooks_.leave(id);
}

void Relay::depart(const SocketId& far) {
  seats_.erase(far);
  --far_clients_;
  hooks_.departed(far);
}

// ---- after a gap

// This node's clients in rooms of others: their news came this way.
void Relay::tell_of_gap() {
  std::vector<SocketId> far_seated;
  for (const auto& [id, seat] : seats_) {
    if (seat.joined) far_seated.push_back(id);
  }
  hooks_.emit(far_seated, "missedEvents", json::object());
}

void Relay::call_the_roll() { roll_call_due_ = !bus_.publish(every_node, print_relay_message(RelayRollCall{node_})); }

void Relay::take(const RelayRollCall& call) {
  RelayRoll roll{node_, {}};
  for (const auto& [id, seat] : seats_) {
    if (seat.node == call.from) roll.sockets.push_back(id);
  }
  static_cast<void>(say(call.from, roll));
}

// Clients that we still have and they do not are gone; clients that they think are here and are not must come again.
void Relay::take(const RelayRoll& roll) {
  std::set<SocketId> there;
  std::vector<SocketId> strangers;
  for (const auto& socket : roll.sockets) {
    const auto id = far_id(roll.from, socket);
    if (!seats_.contains(id)) strangers.push_back(id);
    there.insert(id);
  }
  std::vector<SocketId> gone;
  for (const auto& [id, seat] : seats_) {
    if (id.starts_with(roll.from + "/") && !there.contains(id)) gone.push_back(id);
  }
  for (const auto& id : gone) depart(id);
  emit(strangers, "leftRoom", json::object());
}

// ---- by the clock

void Relay::turn() {
  const auto weak = std::weak_ptr(self_);
  timer_ = loop_.after(turn_every, [this] { turn(); });
  fail_overdue(loop_.now());
  release_empty_rooms(loop_.now());
  if (roll_call_due_) call_the_roll();
  bus_.announce(nodes_topic, node_, print_node_load(load()));
  bus_.members(nodes_topic, [weak, &loop = loop_](base::Result<std::vector<bus::Member>> alive) {
    if (!alive) return;  // nobody can say now; nobody is given up for that
    loop.post([weak, alive = *std::move(alive)] {
      if (const auto self = weak.lock()) (*self)->nodes(alive);
    });
  });
}

void Relay::fail_overdue(base::Instant now) {
  std::vector<std::uint64_t> overdue;
  for (const auto& [number, pending] : pending_) {
    if (now - pending.since >= deadline) overdue.push_back(number);
  }
  for (const auto number : overdue) fail(number, unreachable());
}

// Who there is and what they have to do. The clients of a node that has died are gone, and its rooms with it.
void Relay::nodes(const std::vector<bus::Member>& alive) {
  std::set<std::string, std::less<>> names;
  others_.clear();
  for (const auto& node : alive) {
    names.insert(node.name);
    if (const auto load = parse_node_load(node.payload); load && node.name != node_) others_[node.name] = *load;
  }
  std::vector<std::uint64_t> unanswerable;
  for (const auto& [number, pending] : pending_) {
    if (!names.contains(pending.node)) unanswerable.push_back(number);
  }
  std::vector<SocketId> far_gone, lost;
  for (const auto& [id, seat] : seats_) {
    if (is_far(id) && !names.contains(split(id).node)) far_gone.push_back(id);
    if (!seat.node.empty() && !names.contains(seat.node)) lost.push_back(id);
  }
  for (const auto number : unanswerable) fail(number, unreachable());
  for (const auto& id : far_gone) depart(id);
  for (const auto& id : lost) {
    if (const auto seat = seats_.find(id); seat != seats_.end()) lose_room_of(id, seat->second);
  }
}

}  // namespace greenroom::api::realtime
