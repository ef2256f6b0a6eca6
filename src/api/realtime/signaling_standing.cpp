// What participants may do changes while they are connected: they are let in from the lobby, removed, given another
// role; the session ends. The bus says that something has changed, the doorman says how things stand now; so whatever
// order messages come in, what holds in the end is what the studio last said.
#include "api/realtime/signaling.hpp"
#include "studio/session_events.hpp"

namespace greenroom::api::realtime {

namespace json = boost::json;

namespace {

constexpr base::Duration ask_again_after = std::chrono::milliseconds(100);  // when the pool was full
constexpr std::size_t waiting_per_client_max = 8;

std::string_view text_at(const json::value& data, std::string_view name) {
  const auto* object = data.if_object();
  const auto* member = object ? object->if_contains(name) : nullptr;
  return member && member->is_string() ? std::string_view(member->get_string()) : std::string_view();
}

struct News {
  bool concerns_all = false;
  std::string_view participant_id;
};

News news_in(std::string_view event, const json::value& data) {
  namespace events = studio::events;
  if (event == events::session_ended.name || event == events::permissions_changed.name) return {true, {}};
  if (event == events::participant_admitted.name || event == events::participant_removed.name)
    return {false, text_at(data, "participantId")};
  if (event != events::participant_changed.name) return {};
  const auto* object = data.if_object();
  const auto* participant = object ? object->if_contains("participant") : nullptr;
  return {false, participant ? text_at(*participant, "id") : std::string_view()};
}

bool is_sent_away(const base::Error& error) {
  return error.code.kind == base::ErrorKind::forbidden || error.code.kind == base::ErrorKind::unauthorized;
}

}  // namespace

void Signaling::heed(std::string_view session_id, std::string_view event, const json::value& data) {
  const auto news = news_in(event, data);
  if (!news.concerns_all && news.participant_id.empty()) return;
  std::vector<SocketId> concerned;
  for (const auto& [id, client] : clients_) {
    const auto& who = client.identity.participant;
    if (!who || who->session_id != session_id) continue;
    if (!news.concerns_all && who->id != news.participant_id) continue;
    if (who->waiting) space_.emit(id, event, {data});  // follows no session yet, but this is about them
    concerned.push_back(id);
  }
  for (const auto& id : concerned) {
    if (event == studio::events::participant_removed.name) {
      put_out(id);
    } else if (has_standing(id)) {
      look_again(id);
    }
  }
}

bool Signaling::has_standing(const SocketId& id) const {
  const auto found = clients_.find(id);
  return dependencies_.doorman.look_again && found != clients_.end() && found->second.identity.participant;
}

void Signaling::logins_ended(std::optional<std::string_view> user_id) {
  Logins concerned;
  for (const auto& [id, client] : clients_) {
    const auto& login = client.identity.login;
    if (login && (!user_id || login->user_id == *user_id)) concerned.emplace_back(id, login->id);
  }
  ask_logins(std::move(concerned));
}

void Signaling::ask_logins(Logins logins) {
  if (logins.empty() || !dependencies_.doorman.is_login) return;
  const auto ask = [doorman = dependencies_.doorman, logins] {
    std::vector<SocketId> over;
    for (const auto& [id, login] : logins) {
      const auto lasts = doorman.is_login(login);
      if (lasts && !*lasts) over.push_back(id);
    }
    return over;
  };
  const auto answered = [weak = std::weak_ptr(self_)](std::vector<SocketId> over) {
    const auto self = weak.lock();
    for (const auto& id : over) {
      if (self && (*self)->clients_.contains(id)) (*self)->put_out(id);
    }
  };
  if (dependencies_.pool.run_then(dependencies_.loop, ask, answered)) return;
  const auto again = [weak = std::weak_ptr(self_), logins = std::move(logins)] {
    if (const auto self = weak.lock()) (*self)->ask_logins(logins);
  };
  dependencies_.loop.after(ask_again_after, again).detach();
}

void Signaling::look_again(const SocketId& id, Settled then) {
  auto& waiting = to_look_at_[id];
  if (then && waiting.size() >= waiting_per_client_max) return then(base::fail(errors::busy, "too many calls at once"));
  if (then) waiting.push_back(std::move(then));
  ask_standing();
}

void Signaling::ask_standing() {
  if (!looked_at_.empty()) return;  // what is asked for now is asked with the next
  std::vector<std::pair<SocketId, std::string>> people;
  for (auto& [id, settled] : std::exchange(to_look_at_, {})) {
    if (!has_standing(id)) continue;  // gone meanwhile
    people.emplace_back(id, clients_.at(id).identity.participant->id);
    looked_at_.emplace(id, std::move(settled));
  }
  if (people.empty()) return;
  using Found = std::vector<std::pair<SocketId, base::Result<Identity::Participant>>>;
  const auto ask = [doorman = dependencies_.doorman, people] {
    Found found;
    for (const auto& [id, participant] : people) found.emplace_back(id, doorman.look_again(participant));
    return found;
  };
  const auto answered = [weak = std::weak_ptr(self_)](Found found) {
    if (const auto self = weak.lock()) (*self)->standing_answered(std::move(found));
  };
  if (dependencies_.pool.run_then(dependencies_.loop, ask, answered)) return;
  to_look_at_ = std::exchange(looked_at_, {});
  ask_later_ = dependencies_.loop.after(ask_again_after, [this] { ask_standing(); });
}

void Signaling::standing_answered(std::vector<std::pair<SocketId, base::Result<Identity::Participant>>> found) {
  auto asked = std::exchange(looked_at_, {});
  for (auto& [id, now] : found) {
    auto& settled = asked[id];
    if (const auto newer = to_look_at_.find(id); newer != to_look_at_.end()) {  // what we have heard is old already
      for (auto& then : settled) newer->second.push_back(std::move(then));
      continue;
    }
    const base::Status status = now ? base::Status() : base::Status(tl::unexpected(now.error()));
    settle(id, std::move(now));
    for (const auto& then : settled) then(status);
  }
  ask_standing();
}

void Signaling::settle(const SocketId& id, base::Result<Identity::Participant> now) {
  const auto found = clients_.find(id);
  if (found == clients_.end()) return;
  if (!now) {
    if (is_sent_away(now.error())) put_out(id);
    return;
  }
  auto& known = *found->second.identity.participant;
  const bool let_in = known.waiting && !now->waiting;
  known = *std::move(now);
  if (let_in) {
    set_present(id, false);  // in the lobby; joinRoom follows
    space_.join(id, session_room(known.session_id));
  }
  if (known.barred) give_up_seat(id);
  stage_.update(id, visitor_of(found->second.identity));
}

}  // namespace greenroom::api::realtime
