// Clients without a connection: WHIP and WHEP sessions, which ask for the same events as everybody else, so that
// rights, the relay to other nodes and what the others are told are the same too.
#include "api/realtime/relay.hpp"
#include "api/realtime/signaling.hpp"

namespace greenroom::api::realtime {

namespace json = boost::json;

void Signaling::enter_inside(std::optional<std::string> token, InsideHandlers handlers, Server::Entered answer) {
  const SocketId id = "inside-" + std::to_string(++last_inside_);
  clients_[id].inside = std::make_shared<const InsideHandlers>(std::move(handlers));
  const auto admitted = [this, id, answer](std::optional<Refusal> refused) {
    if (!refused) return answer(id);
    clients_.erase(id);
    answer(base::fail(errors::unauthorized, std::move(refused->message)));
  };
  if (!token) return identified(id, Identity{}, admitted);
  const auto done = [weak = std::weak_ptr(self_), id, admitted, answer](base::Result<Identity> identity) {
    const auto self = weak.lock();
    if (!self) return;
    if (identity) return (*self)->identified(id, std::move(identity), admitted);
    (*self)->clients_.erase(id);
    answer(tl::unexpected(std::move(identity).error()));
  };
  const auto identify = [doorman = dependencies_.doorman, token] { return doorman.identify({token, std::nullopt}); };
  if (!dependencies_.pool.run_then(dependencies_.loop, identify, done)) {
    clients_.erase(id);
    answer(base::fail(errors::busy, "the server is busy, try again"));
  }
}

void Signaling::call_inside(const SocketId& id, std::string name, json::value request, Server::InsideAnswer answer) {
  if (!clients_.contains(id)) return answer(error_json({studio::stage_errors::left, "the session has ended", {}}));
  const auto ack = [answer = std::move(answer)](json::array args, const std::vector<std::string>&) {
    answer(args.empty() ? json::value() : args[0]);
  };
  event(id, SocketEvent{std::move(name), json::array{std::move(request)}, {}, ack});
}

void Signaling::leave_inside(const SocketId& id) {
  if (clients_.contains(id)) disconnected(id, "left");
}

// Told after what is going on, not in the middle of it.
void Signaling::deliver(const std::vector<SocketId>& to, std::string_view event, const json::value& data) {
  std::vector<SocketId> sockets;
  for (const auto& id : to) {
    const auto client = clients_.find(id);
    if (client == clients_.end() || !client->second.inside) {
      sockets.push_back(id);
      continue;
    }
    dependencies_.loop.post([weak = std::weak_ptr(client->second.inside), event = std::string(event), data] {
      if (const auto handlers = weak.lock()) handlers->notice(event, data);
    });
  }
  // Levels are old when the next come: nobody who was away wants to hear them, and the log of what they missed has room
  // for other things.
  if (event == "audioLevels") return space_.emit_fleeting(sockets, event, {data});
  space_.emit(sockets, event, {data});
}

void Signaling::put_out(const SocketId& id) {
  const auto client = clients_.find(id);
  if (client == clients_.end() || !client->second.inside) return space_.disconnect(id);
  const auto handlers = client->second.inside;
  dependencies_.loop.post([weak = std::weak_ptr(self_), id, handlers] {
    const auto self = weak.lock();
    if (!self || !(*self)->clients_.contains(id)) return;
    (*self)->leave_inside(id);
    handlers->ended();
  });
}

}  // namespace greenroom::api::realtime
