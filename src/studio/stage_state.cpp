// What a seat may ask of the room it is in: how it stands, and how its own media gets through.
#include "studio/detail/stage_forward.hpp"
#include "studio/stage.hpp"

namespace greenroom::studio {

std::vector<StagePeer> Stage::others_than(const Sitting& sitting) const {
  std::vector<StagePeer> others;
  for (const auto& [id, member] : rooms_.at(sitting.room).members) {
    if (id != sitting.peer) others.push_back(member.peer);
  }
  return others;
}

base::Result<RoomState> Stage::room(const Seat& seat) const {
  const auto found = sittings_.find(seat);
  if (found == sittings_.end() || found->second.place != Place::joined) {
    return base::fail(stage_errors::not_joined, "join a room first");
  }
  return RoomState{revision(seat), others_than(found->second)};
}

Revision Stage::revision(const Seat& seat) const {
  const auto found = sittings_.find(seat);
  if (found == sittings_.end() || found->second.place != Place::joined) return 0;
  return rooms_.at(found->second.room).revision;
}

void Stage::stats(const Seat& seat, Answer<sfu::PeerStats> answer) {
  auto sitting = joined(seat);
  if (!sitting) return answer(tl::unexpected(sitting.error()));
  forward<sfu::PeerStats, sfu::PeerStats>(seat, sfu::GetPeerStats{{(*sitting)->room}, (*sitting)->peer},
                                          std::move(answer), [](Sitting&, sfu::PeerStats stats) { return stats; });
}

base::Status Stage::want_levels(const Seat& seat, bool wanted) {
  GREENROOM_TRY(auto* sitting, joined(seat));
  sitting->wants_levels = wanted;
  return {};
}

}  // namespace greenroom::studio
