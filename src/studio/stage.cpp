// Seats and rooms: entering, creating, joining, leaving.
#include "studio/stage.hpp"

#include "studio/detail/stage_own.hpp"

namespace greenroom::studio {

using base::fail;

Stage::Stage(MediaGateway& gateway, StageAudience audience)
    : gateway_(gateway), audience_(std::move(audience)), self_(std::make_shared<Stage*>(this)) {}

Stage::~Stage() = default;

void Stage::enter(const Seat& seat, Visitor visitor) { sittings_[seat].visitor = std::move(visitor); }

void Stage::exit(const Seat& seat) {
  leave(seat);
  sittings_.erase(seat);
}

void Stage::update(const Seat& seat, Visitor visitor) {
  auto* sitting = find(seat);
  if (!sitting) return;
  sitting->visitor = std::move(visitor);
  if (sitting->visitor.barred) {
    leave(seat);
  } else {
    close_forbidden(seat, *sitting);
  }
}

// ---- looking up

Stage::Sitting* Stage::find(const Seat& seat) {
  const auto found = sittings_.find(seat);
  return found == sittings_.end() ? nullptr : &found->second;
}

base::Result<Stage::Sitting*> Stage::joined(const Seat& seat) {
  auto* sitting = find(seat);
  if (!sitting || sitting->place != Place::joined) return fail(stage_errors::not_joined, "join a room first");
  return sitting;
}

// A seat that has a right to the room and is in no other.
base::Result<Stage::Sitting*> Stage::with_room(const Seat& seat, const std::string& room) {
  auto* sitting = find(seat);
  if (!sitting) return fail(stage_errors::left, "the connection has gone");
  const auto& visitor = sitting->visitor;
  if (visitor.access == Visitor::Access::none) {
    return fail(stage_errors::needs_token, "joining a room needs a participant token");
  }
  if (visitor.access == Visitor::Access::one_room && visitor.room != room) {
    return fail(stage_errors::other_room, "the token belongs to another session");
  }
  if (visitor.barred) return tl::unexpected(*visitor.barred);
  if (sitting->place >= Place::joining && sitting->room != room) {
    return fail(stage_errors::already_joined, "leave the other room first");
  }
  return sitting;
}

base::Status Stage::may_hold(const Seat& seat, const std::string& room) {
  GREENROOM_CHECK_OK(with_room(seat, room));
  return {};
}

std::vector<Seat> Stage::holders(const std::string& room) const {
  const auto found = rooms_.find(room);
  if (found == rooms_.end()) return {};
  return {found->second.holders.begin(), found->second.holders.end()};
}

std::optional<sfu::PeerId> Stage::peer_of(const Seat& seat) const {
  const auto found = sittings_.find(seat);
  if (found == sittings_.end() || found->second.place != Place::joined) return std::nullopt;
  return found->second.peer;
}

// ---- rooms live while somebody holds them

void Stage::hold(const Seat& seat, Sitting& sitting, const std::string& room) {
  if (sitting.place != Place::outside && sitting.room == room) return;
  release(seat, sitting);
  rooms_[room].holders.insert(seat);
  sitting.place = Place::holding;
  sitting.room = room;
}

void Stage::release(const Seat& seat, Sitting& sitting) {
  if (sitting.place == Place::outside) return;
  sitting.place = Place::outside;
  const auto found = rooms_.find(sitting.room);
  found->second.holders.erase(seat);
  if (!found->second.holders.empty()) return;
  rooms_.erase(found);
  gateway_.call(sfu::CloseRoom{{sitting.room}}, [](const auto&) {});
}

void Stage::create_room(const Seat& seat, std::string room, Answer<sfu::RoomCreated> answer) {
  auto sitting = with_room(seat, room);
  if (!sitting) return answer(tl::unexpected(sitting.error()));
  hold(seat, **sitting, room);
  const auto settle = [this, weak = std::weak_ptr(self_), seat, room, answer](base::Result<sfu::RoomCreated> created) {
    auto* still = weak.expired() ? nullptr : find(seat);
    if (!created && still && still->place == Place::holding && still->room == room) release(seat, *still);
    answer(std::move(created));
  };
  forward<sfu::RoomCreated, sfu::RoomCreated>(seat, sfu::CreateRoom{{room}}, settle,
                                              [](Sitting&, sfu::RoomCreated reply) { return reply; });
}

// ---- joining

void Stage::join(const Seat& seat, JoinRequest request, Answer<JoinResult> answer) {
  auto sitting = with_room(seat, request.room);
  if (!sitting) return answer(tl::unexpected(sitting.error()));
  if ((*sitting)->place >= Place::joining) return answer(fail(stage_errors::already_joined, "already in the room"));
  if (!rooms_.contains(request.room)) return answer(fail(stage_errors::no_such_room, "create the room first"));
  hold(seat, **sitting, request.room);
  (*sitting)->place = Place::joining;
  const auto& visitor = (*sitting)->visitor;
  sfu::JoinRoom command{{request.room},
                        visitor.participant_id.empty() ? request.user_id : visitor.participant_id,
                        visitor.name.empty() ? request.user_id : visitor.name,
                        request.rtp_capabilities};
  gateway_.call(std::move(command), [weak = std::weak_ptr(self_), seat, stay = (*sitting)->stay, request,
                                     answer](base::Result<sfu::ReplyBody> reply) {
    if (const auto self = weak.lock()) (*self)->finish_join(seat, stay, request, answer, std::move(reply));
  });
}

void Stage::finish_join(const Seat& seat, std::uint64_t stay, const JoinRequest& request,
                        const Answer<JoinResult>& answer, base::Result<sfu::ReplyBody> reply) {
  auto* sitting = find(seat);
  const bool here = sitting && sitting->stay == stay;
  const auto* joined = reply ? std::get_if<sfu::Joined>(&*reply) : nullptr;
  if (here && joined) return answer(admit(seat, *sitting, request, joined->peer));
  if (here) sitting->place = Place::holding;
  // The seat left while the SFU was letting it in: the SFU has a peer that nobody else will take out.
  if (joined) gateway_.call(sfu::LeaveRoom{{request.room}, joined->peer}, [](const auto&) {});
  if (!here) return answer(fail(stage_errors::left, "left the room meanwhile"));
  answer(tl::unexpected(reply ? unexpected_reply() : std::move(reply).error()));
}

JoinResult Stage::admit(const Seat& seat, Sitting& sitting, const JoinRequest& request, sfu::PeerId peer) {
  const auto& visitor = sitting.visitor;
  if (!visitor.participant_id.empty()) displace(request.room, visitor.participant_id, seat);
  sitting.place = Place::joined;
  sitting.peer = peer;
  StagePeer self{
      peer, request.user_id, visitor.participant_id, visitor.name.empty() ? request.user_id : visitor.name, {}};
  rooms_.at(request.room).members.emplace(peer, Member{seat, self});
  const auto revision = tell_change(sitting, PeerJoined{std::move(self)});
  return {peer, others_than(sitting), revision};
}

// One participant is in a room once: a browser that comes back does not wait for its dead connection's time-out.
void Stage::displace(const std::string& room, const std::string& participant_id, const Seat& by) {
  std::vector<Seat> earlier;
  for (const auto& [id, member] : rooms_.at(room).members) {
    if (member.peer.participant_id == participant_id && member.seat != by) earlier.push_back(member.seat);
  }
  for (const auto& seat : earlier) {
    leave(seat);
    audience_({seat}, Displaced{});
  }
}

bool Stage::leave(const Seat& seat) {
  auto* sitting = find(seat);
  if (!sitting || sitting->place == Place::outside) return false;
  const bool was_in = sitting->place >= Place::joining;
  if (sitting->place == Place::joined) {
    const auto node = rooms_.at(sitting->room).members.extract(sitting->peer);
    const auto& peer = node.mapped().peer;
    gateway_.call(sfu::LeaveRoom{{sitting->room}, sitting->peer}, [](const auto&) {});
    tell_change(*sitting, PeerLeft{peer.peer, peer.user_id, peer.participant_id});
  }
  empty(*sitting);
  release(seat, *sitting);
  return was_in;
}

// What it had in the room is gone, and so are the answers it waits for.
void Stage::empty(Sitting& sitting) {
  ++sitting.stay;
  sitting.wants_levels = false;
  sitting.transports.clear();
  sitting.own = {};
}

// ---- telling

void Stage::tell_others(const Sitting& sitting, const StageFact& fact) const {
  std::vector<Seat> to;
  for (const auto& [id, member] : rooms_.at(sitting.room).members) {
    if (id != sitting.peer) to.push_back(member.seat);
  }
  if (!to.empty()) audience_(to, fact);
}

base::Result<std::vector<Seat>> Stage::others_in_room(const Seat& seat) const {
  const auto found = sittings_.find(seat);
  if (found == sittings_.end() || found->second.place != Place::joined) {
    return fail(stage_errors::not_joined, "join a room first");
  }
  std::vector<Seat> others;
  for (const auto& [id, member] : rooms_.at(found->second.room).members) {
    if (member.seat != seat) others.push_back(member.seat);
  }
  return others;
}

base::Result<Seat> Stage::seat_of(const Seat& seat, sfu::PeerId other) const {
  const auto found = sittings_.find(seat);
  if (found == sittings_.end() || found->second.place != Place::joined) {
    return fail(stage_errors::not_joined, "join a room first");
  }
  const auto& members = rooms_.at(found->second.room).members;
  const auto member = members.find(other);
  if (member == members.end() || member->second.seat == seat) {
    return fail(stage_errors::no_such_peer, "nobody else in the room is that peer");
  }
  return member->second.seat;
}

StageCounts Stage::counts() const {
  StageCounts counts;
  counts.rooms = rooms_.size();
  for (const auto& [name, room] : rooms_) counts.peers += room.members.size();
  for (const auto& [seat, sitting] : sittings_) {
    counts.transports += sitting.transports.size();
    counts.producers += own<sfu::ProducerId>(sitting).size();
    counts.consumers += own<sfu::ConsumerId>(sitting).size();
  }
  return counts;
}

}  // namespace greenroom::studio
