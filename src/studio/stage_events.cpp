// What the SFU reports by itself, told to those whom it concerns.
#include "studio/detail/stage_own.hpp"
#include "studio/stage.hpp"

namespace greenroom::studio {

void Stage::media_event(const MediaEvent& event) {
  std::visit([this](const auto& e) { on(e); }, event);
}

Stage::Sitting* Stage::sitting_of(const std::string& room, sfu::PeerId peer) {
  const auto found = rooms_.find(room);
  if (found == rooms_.end()) return nullptr;
  const auto member = found->second.members.find(peer);
  return member == found->second.members.end() ? nullptr : find(member->second.seat);
}

void Stage::tell_peer(const std::string& room, sfu::PeerId peer, const StageFact& fact) const {
  const auto found = rooms_.find(room);
  if (found == rooms_.end()) return;
  const auto member = found->second.members.find(peer);
  if (member != found->second.members.end()) audience_({member->second.seat}, fact);
}

void Stage::tell_everyone(const std::string& room, const StageFact& fact) const {
  const auto found = rooms_.find(room);
  if (found == rooms_.end()) return;
  std::vector<Seat> everyone;
  for (const auto& [id, member] : found->second.members) everyone.push_back(member.seat);
  audience_(everyone, fact);
}

void Stage::on(const sfu::ProducerClosed& event) { producer_closed(event); }
void Stage::on(const sfu::DataProducerClosed& event) { producer_closed(event); }
void Stage::on(const sfu::ConsumerClosed& event) { consumer_closed(event); }
void Stage::on(const sfu::DataConsumerClosed& event) { consumer_closed(event); }

void Stage::on(const sfu::ConsumerLayersChanged& event) { tell_peer(event.room.value, event.peer, event); }

void Stage::on(const sfu::ProducerScore& event) { tell_peer(event.room.value, event.peer, event); }

void Stage::on(const sfu::ConsumerScore& event) { tell_peer(event.room.value, event.peer, event); }

void Stage::on(const sfu::PeerQuality& event) { tell_everyone(event.room.value, event); }

void Stage::on(const sfu::TransportState& event) {
  if (auto* sitting = sitting_of(event.room.value, event.peer);
      sitting && event.status == sfu::TransportStatus::closed) {
    sitting->transports.erase(event.transport);
  }
  tell_peer(event.room.value, event.peer, event);
}

void Stage::on(const sfu::AudioLevels& event) {
  const auto found = rooms_.find(event.room.value);
  if (found == rooms_.end()) return;
  std::vector<Seat> listeners;
  for (const auto& [id, member] : found->second.members) {
    const auto* sitting = find(member.seat);
    if (sitting && sitting->wants_levels) listeners.push_back(member.seat);
  }
  if (!listeners.empty()) audience_(listeners, event);
}

void Stage::on(const sfu::RoomLost& event) {
  const auto found = rooms_.extract(event.room.value);
  if (found.empty()) return;
  const auto& holders = found.mapped().holders;
  for (const auto& seat : holders) {
    auto& sitting = sittings_.at(seat);
    sitting.place = Place::outside;
    empty(sitting);
  }
  audience_({holders.begin(), holders.end()}, RoomGone{});
}
// They may come back; the others go on without them.
void Stage::on(const sfu::PeersLost& event) {
  for (const auto& peer : event.peers) {
    const auto found = rooms_.find(event.room.value);
    if (found == rooms_.end()) return;
    const auto member = found->second.members.find(peer);
    if (member == found->second.members.end()) continue;
    const auto seat = member->second.seat;
    leave(seat);
    audience_({seat}, RoomGone{});
  }
}
void Stage::on(const sfu::ActiveSpeaker& event) { tell_everyone(event.room.value, event); }

}  // namespace greenroom::studio
