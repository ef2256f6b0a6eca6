// The people in a session: the lobby, roles, removal, presence.
#include "studio/detail/core.hpp"
#include "studio/detail/node_rows.hpp"

namespace greenroom::studio {

base::Status Studio::Core::let_in(db::Transaction& tx, const SessionRow& session, ParticipantRow& person) const {
  GREENROOM_CHECK_OK(make_room(tx, session, person.role, ParticipantState::admitted));
  person.state = ParticipantState::admitted;
  person.joined_at = now();
  person.left_at.reset();
  person.present = false;  // in the lobby until now; entered() follows
  GREENROOM_CHECK_OK(participants::update(tx, person));
  publish(tx, session.id, events::participant_admitted.with({person.id}));
  return {};
}

base::Status Studio::Core::let_everyone_in(db::Transaction& tx, const SessionRow& session) const {
  GREENROOM_TRY(auto waiting, participants::waiting(tx, session.id));
  for (auto& person : waiting) {
    const auto status = let_in(tx, session, person);
    if (!status && status.error().code == error_full) return {};  // the others wait for a place
    if (!status) return status;
  }
  return {};
}

base::Status Studio::Core::forget_waiting(db::Transaction& tx, const ParticipantRow& person) const {
  publish(tx, person.session, events::participant_removed.with({person.id}));
  return participants::remove(tx, person.id);
}

base::Result<Participant> Studio::admit(const Actor& actor, SessionId session, ParticipantId id) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<Participant> {
    GREENROOM_TRY(auto found, core_->participant_access(tx, actor, session, id, Permission::admit));
    if (found.access.session.ended_at) return base::fail(error_over, "this session is over");
    if (found.participant.state != ParticipantState::admitted) {
      GREENROOM_CHECK_OK(core_->let_in(tx, found.access.session, found.participant));
    }
    return shown(found.participant);
  });
}

base::Status Studio::remove_participant(const Actor& actor, SessionId session, ParticipantId id) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Status {
    GREENROOM_TRY(const auto row, participants::find(tx, id));
    const bool waits = row && row->state == ParticipantState::waiting;
    GREENROOM_TRY(auto found,
                  core_->participant_access(tx, actor, session, id, waits ? Permission::admit : Permission::remove));
    ParticipantRow& person = found.participant;
    if (person.state == ParticipantState::removed) return {};
    if (person.present || !person.left_at) person.left_at = core_->now();
    person.state = ParticipantState::removed;
    person.present = false;
    GREENROOM_CHECK_OK(participants::update(tx, person));
    core_->publish(tx, session, events::participant_removed.with({id}));
    return core_->audit(tx, actor, waits ? "participant.refused" : "participant.removed", id.str());
  });
}

base::Status Studio::Core::change_role(db::Transaction& tx, const Actor& actor, const Access& access,
                                       ParticipantRow& person, std::optional<Role> role) const {
  if (!role || *role == person.role) return {};
  if (!may_govern(access.rank, *role)) return base::fail(error_forbidden, "this role is above yours");
  person.role = *role;
  GREENROOM_CHECK_OK(participants::update(tx, person));
  return audit(tx, actor, "participant.role_changed", person.id.str());
}

base::Status Studio::Core::limit_recording(db::Transaction& tx, const Access& access, ParticipantRow& person,
                                           const wire::Patch<RecordingLimit>& limit) const {
  if (!limit) return {};
  if (!access.may.has(Permission::record))
    return base::fail(error_forbidden, "you may not set how people are recorded");
  person.recording_limit = limit.to();
  return participants::set_recording_limit(tx, person.id, person.recording_limit);
}

base::Result<Participant> Studio::change_participant(const Actor& actor, SessionId session, ParticipantId id,
                                                     const ParticipantChange& change) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<Participant> {
    const auto needed = change.role ? Permission::change_roles : Permission::record;
    GREENROOM_TRY(auto found, core_->participant_access(tx, actor, session, id, needed));
    ParticipantRow& person = found.participant;
    const ParticipantRow before = person;
    GREENROOM_CHECK_OK(core_->change_role(tx, actor, found.access, person, change.role));
    GREENROOM_CHECK_OK(core_->limit_recording(tx, found.access, person, change.recording_limit));
    if (person.role != before.role || person.recording_limit != before.recording_limit)
      core_->publish(tx, session, events::participant_changed.with({shown(person)}));
    return shown(person);
  });
}

base::Result<Participant> Studio::consent(const Actor& actor, SessionId session, const NewConsent& consent) {
  const auto* who = std::get_if<ParticipantActor>(&actor);
  if (!who) return base::fail(error_forbidden, "only a participant agrees to be recorded: join the session first");
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<Participant> {
    GREENROOM_TRY(const auto access, core_->access(tx, actor, session));
    GREENROOM_CHECK_OK(participants::set_consent(tx, who->participant, consent.notice, core_->now()));
    GREENROOM_TRY(const auto person, participants::find(tx, who->participant));
    if (!person) return base::fail(error_token, "this participant is not known");
    core_->publish(tx, session, events::participant_changed.with({shown(*person)}));
    GREENROOM_TRY(const auto take, core_->recording_now(tx, session));
    if (take) core_->start_backup(tx, session, {take->id, access.session.workspace, {person->id}});
    return shown(*person);
  });
}

base::Status Studio::entered(ParticipantId participant) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Status {
    GREENROOM_TRY(const auto row, participants::find(tx, participant));
    if (!row) return base::fail(error_token, "this participant is not known");
    if (row->state == ParticipantState::removed) return {};  // sent away while coming in
    GREENROOM_CHECK_OK(participants::set_present(tx, participant, true, core_->now()));
    GREENROOM_CHECK_OK(node_facts::take(tx, NodeFactKind::present, participant.str(), core_->d.bus.node()));
    if (row->state == ParticipantState::waiting) return {};  // into the lobby, not into the session
    GREENROOM_TRY(auto session, studio::sessions::find(tx, row->session));
    if (!session || session->entered_at || session->ended_at) return {};
    session->entered_at = core_->now();
    return core_->refresh(tx, *session);
  });
}

base::Status Studio::left(ParticipantId participant) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Status {
    // Who has come in at another node meanwhile is present there.
    GREENROOM_TRY(const bool ours,
                  node_facts::release(tx, NodeFactKind::present, participant.str(), core_->d.bus.node()));
    return ours ? participants::set_present(tx, participant, false, core_->now()) : base::Status{};
  });
}

base::Result<Attendance> Studio::attendance(ParticipantId id) {
  return core_->d.database.read([&](db::Transaction& tx) -> base::Result<Attendance> {
    GREENROOM_TRY(const auto row, participants::find(tx, id));
    if (!row) return base::fail(error_token, "this participant is not known");
    if (row->state == ParticipantState::removed) return base::fail(error_removed, "you are no longer in this session");
    GREENROOM_TRY(const auto session, studio::sessions::find(tx, row->session));
    if (!session) return base::fail(error_token, "this session is not known");
    return Attendance{brief(*row),
                      session->id,
                      row->state == ParticipantState::waiting,
                      session->ended_at.has_value(),
                      permissions_of(row->role, session->permissions),
                      row->consented_at.has_value()};
  });
}

}  // namespace greenroom::studio
