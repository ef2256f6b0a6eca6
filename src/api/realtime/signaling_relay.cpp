// Signaling among several nodes: what the relay needs of this one.
#include "api/realtime/relay.hpp"
#include "api/realtime/signaling.hpp"

namespace greenroom::api::realtime {

RelayHooks Signaling::relay_hooks() {
  return {
      .run = [this](const SocketId& id, const SocketEvent& event) { run(id, event); },
      .settle =
          [this](const SocketId& id, std::function<void(base::Status)> then) {
            has_standing(id) ? look_again(id, std::move(then)) : then({});
          },
      .may_hold = [this](const SocketId& id, const std::string& room) { return stage_.may_hold(id, room); },
      .leave = [this](const SocketId& id) { take_leave(id); },
      .has_joined = [this](const SocketId& id) { return stage_.peer_of(id).has_value(); },
      .has_room = [this](const std::string& room) { return stage_.has_room(room); },
      .busy = [this] { return dependencies_.busy ? dependencies_.busy() : 0; },
      .holders = [this](const std::string& room) { return stage_.holders(room); },
      .identity = [this](const SocketId& id) { return clients_.at(id).identity; },
      .arrived = [this](const SocketId& far, Identity identity) { far_arrived(far, std::move(identity)); },
      .departed = [this](const SocketId& far) { far_departed(far); },
      .emit = [this](const std::vector<SocketId>& to, std::string_view event,
                     const boost::json::value& data) { deliver(to, event, data); },
  };
}

void Signaling::emit(const std::vector<SocketId>& to, std::string_view event, const boost::json::value& data) {
  if (!relay_) return deliver(to, event, data);
  std::vector<SocketId> own, far;
  for (const auto& id : to) (Relay::is_far(id) ? far : own).push_back(id);
  deliver(own, event, data);
  relay_->emit(far, event, data);
}

// Others may also have thought that this node had died, and its people absent.
void Signaling::session_events_missed() {
  std::vector<SocketId> own;
  for (const auto& [id, client] : clients_) {
    if (client.present) dependencies_.doorman.entered(client.identity.participant->id);
    if (!Relay::is_far(id)) own.push_back(id);
  }
  for (const auto& id : own) {
    if (has_standing(id)) look_again(id);
  }
  deliver(own, "missedEvents", wire::to_json(EmptyNotice{}));
}

void Signaling::take_leave(const SocketId& id) {
  stage_.leave(id);
  set_present(id, false);
}

bool Signaling::leave_seat(const SocketId& id) {
  const bool far = relay_ && relay_->leave(id);
  return stage_.leave(id) || far;
}

void Signaling::far_arrived(const SocketId& id, Identity identity) {
  auto& client = clients_[id];
  client.identity = std::move(identity);
  stage_.enter(id, visitor_of(client.identity));
}

void Signaling::far_departed(const SocketId& id) {
  stage_.exit(id);
  set_present(id, false);
  clients_.erase(id);
}

}  // namespace greenroom::api::realtime
