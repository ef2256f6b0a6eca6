// Connections: who comes in, what goes to whom. The events themselves are in signaling_events.cpp.
#include "api/realtime/signaling.hpp"

#include "api/realtime/relay.hpp"
#include "net/cookie.hpp"

namespace greenroom::api::realtime {

namespace json = boost::json;

namespace {

constexpr std::string_view session_cookie = "greenroom_access";
constexpr std::string_view bearer = "Bearer ";

Credentials credentials(const ClientInfo& info, const json::value& auth) {
  Credentials found;
  if (const auto* token = auth.as_object().if_contains("token"); token && token->is_string()) {
    std::string_view text = token->get_string();
    if (text.starts_with(bearer)) text.remove_prefix(bearer.size());
    if (!text.empty()) found.token = text;
  }
  found.cookie = net::find_cookie(info.cookie, session_cookie);
  return found;
}

Refusal refusal(const base::Error& error) { return {error.what, json::object{{"code", error.code.name}}}; }

}  // namespace

std::string session_room(std::string_view session_id) { return "session/" + std::string(session_id); }

Signaling::Signaling(SocketServer& sockets, ServerDependencies dependencies, const ServerOptions& options)
    : dependencies_(std::move(dependencies)),
      open_rooms_(options.open_rooms),
      seat_patience_(options.seat_patience),
      space_(sockets.add(
          "/", {[this](const SocketId& id, const ClientInfo& info, const json::value& auth, Admit admit) {
                  connecting(id, info, auth, std::move(admit));
                },
                [this](const SocketId& id) { connected(id); },
                [this](const SocketId& id, SocketEvent e) { event(id, std::move(e)); },
                [this](const SocketId& id, std::string_view reason) { disconnected(id, reason); },
                [this](const SocketId& id) { away(id); },
                [this](const SocketId& newcomer, const SocketId& before) { return may_return(newcomer, before); },
                [this](const SocketId& id) { returned(id); }})),
      stage_(dependencies_.media, [this](const auto& to, const auto& fact) { tell(to, fact); }),
      self_(std::make_shared<Signaling*>(this)) {
  if (auto* bus = dependencies_.bus) {
    relay_ = std::make_unique<Relay>(*bus, dependencies_.loop, dependencies_.log, options.nodes, relay_hooks());
  }
}

Signaling::~Signaling() = default;

// ---- coming

void Signaling::connecting(const SocketId& id, const ClientInfo& info, const json::value& auth, Admit admit) {
  clients_[id];
  const auto who = credentials(info, auth);
  if (!who.token && !who.cookie) return identified(id, Identity{}, admit);
  const auto done = [weak = std::weak_ptr(self_), id, admit](base::Result<Identity> identity) {
    if (const auto self = weak.lock()) (*self)->identified(id, std::move(identity), admit);
  };
  const auto identify = [doorman = dependencies_.doorman, who] { return doorman.identify(who); };
  if (!dependencies_.pool.run_then(dependencies_.loop, identify, done)) {
    identified(id, base::fail(errors::busy, "the server is busy, try again"), admit);
  }
}

void Signaling::identified(const SocketId& id, base::Result<Identity> identity, const Admit& admit) {
  const auto client = clients_.find(id);
  if (client == clients_.end()) return;
  if (!identity) return admit(refusal(identity.error()));
  if (!identity->participant && !identity->user_id && !open_rooms_) {
    return admit(refusal({errors::unauthorized, "a participant token or a signed-in user is needed", {}}));
  }
  client->second.identity = *std::move(identity);
  stage_.enter(id, visitor_of(client->second.identity));
  admit(std::nullopt);
}

studio::Visitor Signaling::visitor_of(const Identity& identity) const {
  using Access = studio::Visitor::Access;
  if (const auto& p = identity.participant) return {Access::one_room, p->session_id, p->id, p->name, p->may, p->barred};
  return {open_rooms_ ? Access::any_room : Access::none, {}, {}, {}, studio::Permissions::all(), {}};
}

void Signaling::connected(const SocketId& id) {
  if (const auto& login = clients_.at(id).identity.login) ask_logins({{id, login->id}});
  const auto& participant = clients_.at(id).identity.participant;
  if (!participant) return;
  if (participant->waiting) {
    set_present(id, true);
  } else {
    space_.join(id, session_room(participant->session_id));
  }
  if (has_standing(id)) look_again(id);  // news that came between the asking and now had nobody to find
}

// Before somebody comes into a room it is asked how things stand with them.
void Signaling::event(const SocketId& id, SocketEvent event) {
  const bool comes_in = event.name == "createRoom" || event.name == "joinRoom";
  if (!comes_in || !has_standing(id)) return take_up(id, std::move(event));
  look_again(id, [this, id, event](base::Status now) {
    if (now && clients_.contains(id)) return take_up(id, event);
    if (!now && event.ack) event.ack({error_json(now.error())}, {});
  });
}

void Signaling::take_up(const SocketId& id, SocketEvent event) {
  if (!relay_) return run(id, event);
  if (event.name == "createRoom" || event.name == "joinRoom") leave_before_joining_again(id);
  relay_->event(id, std::move(event));
}

void Signaling::run(const SocketId& id, const SocketEvent& event) {
  const json::value nothing = json::object();
  const json::value& request = event.args.empty() || event.args[0].is_null() ? nothing : event.args[0];
  if (const auto* known = find_client_event(event.name)) return known->run(*this, id, request, event.ack);
  if (event.ack) event.ack({error_json({errors::unknown_event, "there is no such event", event.name})}, {});
}

void Signaling::disconnected(const SocketId& id, std::string_view) {
  if (relay_) relay_->gone(id);
  stage_.exit(id);
  set_present(id, false);
  clients_.erase(id);
}

// ---- being away

void Signaling::away(const SocketId& id) {
  auto& client = clients_.at(id);
  client.returned = false;
  client.patience = dependencies_.loop.after(seat_patience_, [this, id] { give_up_seat(id); });
}

void Signaling::give_up_seat(const SocketId& id) {
  if (!leave_seat(id)) return;
  set_present(id, false);
  deliver({id}, "leftRoom", wire::to_json(EmptyNotice{}));
}

bool Signaling::may_return(const SocketId& newcomer, const SocketId& before) {
  const auto& now = clients_.at(newcomer).identity;
  auto& then = clients_.at(before).identity;
  const auto person = [](const Identity& who) {
    return std::pair(who.participant ? who.participant->id : std::string(), who.user_id);
  };
  if (person(now) != person(then)) return false;
  const bool waited = then.participant && then.participant->waiting;
  then = now;
  if (then.participant) then.participant->waiting = waited;  // until returned() has asked: it is let in then
  return true;
}

void Signaling::returned(const SocketId& id) {
  auto& client = clients_.at(id);
  client.patience.cancel();
  client.returned = stage_.peer_of(id).has_value() || (relay_ && relay_->is_in_far_room(id));
  if (has_standing(id)) look_again(id);
}

void Signaling::leave_before_joining_again(const SocketId& id) {
  if (std::exchange(clients_.at(id).returned, false)) leave_seat(id);
}

void Signaling::set_present(const SocketId& id, bool present) {
  const auto found = clients_.find(id);
  if (found == clients_.end() || std::exchange(found->second.present, present) == present) return;
  const auto& doorman = dependencies_.doorman;
  if (const auto& who = found->second.identity.participant) (present ? doorman.entered : doorman.left)(who->id);
}

// ---- telling

void Signaling::session_event(std::string_view session_id, std::string_view payload) {
  const auto message = wire::parse_json(payload);
  const auto* object = message ? message->if_object() : nullptr;
  const auto* name = object ? object->if_contains("event") : nullptr;
  const auto* data = object ? object->if_contains("data") : nullptr;
  if (!name || !name->is_string() || !data) {
    return dependencies_.log.error("realtime.bad_session_event", {{"payload", payload}});
  }
  space_.broadcast(session_room(session_id), name->get_string(), {*data});
  heed(session_id, name->get_string(), *data);
}

}  // namespace greenroom::api::realtime
