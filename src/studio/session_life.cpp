// A session moves on: by what happened in the transaction, or by its deadline.
#include "studio/detail/core.hpp"

namespace greenroom::studio {

namespace {

struct Presence {
  bool anyone = false;
  base::WallTime last;
};

Presence presence_of(const std::vector<ParticipantRow>& people) {
  Presence presence;
  for (const auto& person : people) {
    if (person.state != ParticipantState::admitted) continue;
    presence.anyone = presence.anyone || person.present;
    presence.last = std::max(presence.last, person.left_at.value_or(person.joined_at));
  }
  return presence;
}

SessionFacts facts_of(const SessionRow& session, bool recording, const Presence& presence) {
  return {session.state, session.since,   session.scheduled_at, session.length_minutes,
          recording,     presence.anyone, presence.last};
}

bool is_recording(const std::vector<TakeRow>& takes) {
  return std::any_of(takes.begin(), takes.end(),
                     [](const TakeRow& take) { return take.state == TakeState::recording; });
}

}  // namespace

base::Status Studio::Core::refresh(db::Transaction& tx, SessionRow& session) const {
  GREENROOM_TRY(const auto all, takes::of_session(tx, session.id));
  std::vector<TakeState> states;
  for (const auto& take : all) states.push_back(take.state);
  const SessionState before = session.state;
  session.state = session_state(states, session.entered_at.has_value(), session.ended_at.has_value());
  if (session.state != before) session.since = now();
  // As if everybody were gone: at the deadline move_on() looks who is there.
  session.due_at = session_step(facts_of(session, false, {}), base::WallTime{}, d.limits).look_again;
  GREENROOM_CHECK_OK(sessions::update_state(tx, session));
  if (session.state != before) publish(tx, session.id, events::session_changed.with({session.id, session.state}));
  return {};
}

base::Status Studio::Core::refresh_session(db::Transaction& tx, SessionId id) const {
  GREENROOM_TRY(auto session, sessions::find(tx, id));
  return session ? refresh(tx, *session) : base::Status{};
}

base::Status Studio::Core::end(db::Transaction& tx, SessionRow& session) const {
  session.ended_at = now();
  GREENROOM_CHECK_OK(sessions::update_state(tx, session));
  GREENROOM_TRY(auto all, takes::of_session(tx, session.id));
  for (auto& take : all) {
    if (take.state == TakeState::recording) GREENROOM_CHECK_OK(stop(tx, take));
  }
  GREENROOM_TRY(const auto waiting, participants::waiting(tx, session.id));
  for (const auto& person : waiting) GREENROOM_CHECK_OK(forget_waiting(tx, person));
  GREENROOM_TRY(auto row, sessions::find(tx, session.id));
  if (!row) return {};
  session = *std::move(row);
  GREENROOM_CHECK_OK(refresh(tx, session));
  publish(tx, session.id, events::session_ended.with({session.id}));
  return {};
}

base::Status Studio::Core::reopen(db::Transaction& tx, SessionRow& session) const {
  session.ended_at.reset();
  return refresh(tx, session);
}

base::Status Studio::Core::move_on(db::Transaction& tx, SessionRow session) const {
  GREENROOM_TRY(const auto people, participants::of_session(tx, session.id));
  GREENROOM_TRY(const auto all, takes::of_session(tx, session.id));
  const auto step = session_step(facts_of(session, is_recording(all), presence_of(people)), now(), d.limits);
  if (step.end) return end(tx, session);
  session.due_at = step.look_again;
  return sessions::update_state(tx, session);
}

}  // namespace greenroom::studio
