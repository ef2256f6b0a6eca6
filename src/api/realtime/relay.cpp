// Routing: whose a client's event is.
#include "api/realtime/relay.hpp"

#include <algorithm>

#include "api/realtime/signaling.hpp"

namespace greenroom::api::realtime {

namespace json = boost::json;

namespace {

void refuse(const Ack& ack, const base::Error& error) {
  if (ack) ack({error_json(error)}, {});
}

bool asks_for_a_room(std::string_view event) { return event == "createRoom" || event == "joinRoom"; }

// What every node answers for itself, wherever the room is.
bool is_of_the_connection(std::string_view event) { return event == "clock" || event == "subscribe"; }

// Empty: the request names none and will be refused as any invalid one.
std::string room_of(const SocketEvent& event) {
  const auto* request = event.args.empty() ? nullptr : event.args[0].if_object();
  const auto* room = request ? request->if_contains("callId") : nullptr;
  return room && room->is_string() && room->get_string().size() <= name_chars_max ? std::string(room->get_string())
                                                                                  : std::string();
}

std::string claim_key(const std::string& room) { return "room/" + room; }

}  // namespace

Relay::Relay(bus::Bus& bus, net::Loop& loop, base::LogSink& log, NodeLimits limits, RelayHooks hooks)
    : bus_(bus),
      loop_(loop),
      log_(log),
      limits_(limits),
      hooks_(std::move(hooks)),
      node_(bus.node()),
      self_(std::make_shared<Relay*>(this)) {
  const auto wake = [this] {
    loop_.post([weak = std::weak_ptr(self_)] {
      if (const auto self = weak.lock()) (*self)->drain();
    });
  };
  inbox_ = bus_.subscribe(node_topic(node_), {.capacity = 16'384, .wake = wake});
  everyone_ = bus_.subscribe(every_node, {.wake = wake});
  turn();
}

Relay::~Relay() = default;

// ---- routing

void Relay::event(const SocketId& id, SocketEvent event) {
  auto& seat = seats_[id];
  if (!seat.asking) return route(id, seat, std::move(event));
  if (seat.waiting.size() >= waiting_max) {
    return refuse(event.ack, {relay_errors::busy, "too many calls at once", {}});
  }
  seat.waiting.push_back(std::move(event));
}

void Relay::route(const SocketId& id, Seat& seat, SocketEvent event) {
  if (asks_for_a_room(event.name)) {
    const auto room = room_of(event);
    if (!room.empty()) return route_to_room(id, seat, room, std::move(event));
  } else if (!seat.node.empty() && !is_of_the_connection(event.name)) {
    return send(id, seat, std::move(event));
  }
  hooks_.run(id, std::move(event));
}

void Relay::route_to_room(const SocketId& id, Seat& seat, const std::string& room, SocketEvent event) {
  if (seat.joined && (seat.room != room || event.name == "joinRoom")) {
    return refuse(event.ack, {studio::stage_errors::already_joined, "leave the room first", {}});
  }
  if (event.name == "joinRoom" && seat.room == room) return send(id, seat, std::move(event));
  seat.asking = true;
  hooks_.settle(id, [weak = std::weak_ptr(self_), id, room, event = std::move(event)](const base::Status& now) {
    if (const auto self = weak.lock()) (*self)->settled(id, room, event, now);
  });
}

void Relay::settled(const SocketId& id, const std::string& room, SocketEvent event, const base::Status& now) {
  const auto found = seats_.find(id);
  if (found == seats_.end()) return;
  const auto allowed = now ? hooks_.may_hold(id, room) : now;
  if (allowed && !rooms_.contains(room)) return ask(id, room, std::move(event));
  found->second.asking = false;
  if (allowed) {
    move_to(id, found->second, {}, {});
    hooks_.run(id, std::move(event));
  } else {
    refuse(event.ack, allowed.error());
  }
  take_up(id);
}

// Claims the room, for this node or one that has less to do: the answer names who has it now. Who comes from afar was
// sent because the room is here or has been offered to this node, so it is not offered on.
void Relay::ask(const SocketId& id, const std::string& room, SocketEvent event) {
  const auto weak = std::weak_ptr(self_);
  const auto answered = [weak, &loop = loop_, id, room, event = std::move(event)](base::Result<std::string> holder) {
    loop.post([weak, id, room, event, holder = std::move(holder)] {
      if (const auto self = weak.lock()) (*self)->placed(id, room, event, holder);
    });
  };
  if (const auto better = is_far(id) ? std::nullopt : better_node(load(), others_, limits_)) {
    ++others_[*better].rooms;
    return bus_.offer(claim_key(room), *better, answered);
  }
  const auto lost = [weak, &loop = loop_, room] {
    loop.post([weak, room] {
      if (const auto self = weak.lock()) (*self)->claim_lost(room);
    });
  };
  bus_.claim(claim_key(room), answered, lost);
}

void Relay::placed(const SocketId& id, const std::string& room, SocketEvent event, base::Result<std::string> holder) {
  if (holder == node_) rooms_.emplace(room, loop_.now());
  const auto found = seats_.find(id);
  if (found == seats_.end()) return;
  auto& seat = found->second;
  seat.asking = false;
  if (!holder) {
    refuse(event.ack, holder.error());
  } else if (*holder == node_) {
    move_to(id, seat, {}, {});
    hooks_.run(id, std::move(event));
  } else if (is_far(id)) {
    refuse(event.ack, {relay_errors::moved, "the room has moved to another server, try again", {}});
  } else {
    hooks_.leave(id);
    move_to(id, seat, *holder, room);
    send(id, seat, std::move(event));
  }
  take_up(id);
}

void Relay::move_to(const SocketId& id, Seat& seat, const std::string& node, const std::string& room) {
  if (!seat.node.empty() && (seat.node != node || seat.room != room)) leave_far(id, seat, seat.node != node);
  seat.node = node;
  seat.room = room;
}

// What came while the room was looked for. Running it may end the seat.
void Relay::take_up(const SocketId& id) {
  for (;;) {
    const auto found = seats_.find(id);
    if (found == seats_.end() || found->second.asking || found->second.waiting.empty()) return;
    auto event = std::move(found->second.waiting.front());
    found->second.waiting.pop_front();
    route(id, found->second, std::move(event));
  }
}

// ---- leaving

bool Relay::is_in_far_room(const SocketId& id) const {
  const auto found = seats_.find(id);
  return found != seats_.end() && found->second.joined;
}

bool Relay::leave(const SocketId& id) {
  const auto found = seats_.find(id);
  if (found == seats_.end() || found->second.node.empty()) return false;
  const bool was_in = found->second.joined;
  leave_far(id, found->second, false);
  return was_in;
}

void Relay::leave_far(const SocketId& id, Seat& seat, bool gone) {
  seat.joined = false;
  // Unsaid is not forgotten: the other node learns of the gap and calls the roll.
  static_cast<void>(say(seat.node, RelayLeft{node_, id, gone}));
}

void Relay::gone(const SocketId& id) {
  auto seat = seats_.extract(id);
  if (!seat.empty() && !seat.mapped().node.empty()) leave_far(id, seat.mapped(), true);
  std::erase_if(pending_, [&](const auto& entry) { return entry.second.id == id; });
}

void Relay::lose_room_of(const SocketId& id, Seat& seat) {
  seat.node.clear();
  seat.room.clear();
  seat.joined = false;
  hooks_.emit({id}, "leftRoom", json::object());
}

// ---- this node's rooms

NodeLoad Relay::load() const {
  const auto live = std::ranges::count_if(rooms_, [&](const auto& room) { return hooks_.has_room(room.first); });
  return {hooks_.busy(), std::uint64_t(live)};
}

void Relay::release_empty_rooms(base::Instant now) {
  for (auto room = rooms_.begin(); room != rooms_.end();) {
    if (hooks_.has_room(room->first)) room->second = now;
    if (now - room->second < empty_room_max) {
      ++room;
      continue;
    }
    bus_.release(claim_key(room->first));
    room = rooms_.erase(room);
  }
}

// Another node has the room: this one could not be reached for longer than a claim lasts. Here it ends, and everybody
// finds their way to the other.
void Relay::claim_lost(const std::string& room) {
  if (rooms_.erase(room) == 0) return;
  log_.warning("relay.room_lost", {{"room", room}});
  std::vector<SocketId> own, far;
  for (const auto& id : hooks_.holders(room)) {
    hooks_.leave(id);
    (is_far(id) ? far : own).push_back(id);
  }
  hooks_.emit(own, "leftRoom", json::object());
  emit(far, "leftRoom", json::object());
}

}  // namespace greenroom::api::realtime
