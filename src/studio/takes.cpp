#include "studio/detail/core.hpp"

namespace greenroom::studio {

base::Result<Take> Studio::start_take(const Actor& actor, SessionId session) {
  // Everyone's browser has to hear of it, at whichever node it is: better no take than one with people missing.
  GREENROOM_CHECK_OK(core_->d.bus.state());
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<Take> {
    GREENROOM_TRY(const auto access, core_->access(tx, actor, session, Permission::record));
    if (access.session.ended_at) return base::fail(error_over, "this session is over");
    GREENROOM_TRY(const auto before, takes::of_session(tx, session));
    const auto running = [](const TakeRow& take) { return take.state == TakeState::recording; };
    if (std::any_of(before.begin(), before.end(), running)) {
      return base::fail(error_take_running, "this session is already being recorded");
    }
    if (before.size() >= core_->d.limits.takes_per_session_max) {
      return base::fail(error_take_state, "this session has as many takes as it can hold");
    }
    TakeRow row;
    row.started_at = core_->now();
    row.id = TakeId::make(row.started_at, core_->d.rng);
    row.session = session;
    GREENROOM_CHECK_OK(takes::insert(tx, row));
    GREENROOM_TRY(auto take, core_->view(tx, row));
    core_->publish(tx, session, events::take_started.with({take}));
    GREENROOM_CHECK_OK(core_->refresh_session(tx, session));
    GREENROOM_TRY(auto agreed, core_->agreed(tx, session));
    core_->start_backup(tx, session, {row.id, access.session.workspace, std::move(agreed)});
    return take;
  });
}

base::Result<Take> Studio::stop_take(const Actor& actor, TakeId id) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<Take> {
    GREENROOM_TRY(auto found, core_->take_access(tx, actor, id, Permission::record));
    if (found.take.state == TakeState::recording) GREENROOM_CHECK_OK(core_->stop(tx, found.take));
    return core_->view(tx, found.take);
  });
}

base::Result<Take> Studio::finish_take(const Actor& actor, TakeId id) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<Take> {
    GREENROOM_TRY(auto found, core_->take_access(tx, actor, id, Permission::record));
    TakeRow& take = found.take;
    if (take.state == TakeState::recording) return base::fail(error_take_state, "stop the recording first");
    if (take.state == TakeState::failed) {
      GREENROOM_CHECK_OK(core_->process(tx, take));  // once more, by hand
    } else if (take.state == TakeState::uploading) {
      take.forced = true;
      GREENROOM_CHECK_OK(takes::update(tx, take));
      GREENROOM_CHECK_OK(core_->move_on(tx, take));
    }
    GREENROOM_TRY(const auto now, takes::find(tx, id));
    return core_->view(tx, now.value_or(take));
  });
}

namespace {

bool is_paused(const std::vector<PauseRow>& rows) { return !rows.empty() && !rows.back().until; }

}  // namespace

base::Result<Take> Studio::set_take_paused(const Actor& actor, TakeId id, bool paused) {
  GREENROOM_CHECK_OK(core_->d.bus.state());  // everybody's browser has to hear of it
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<Take> {
    GREENROOM_TRY(const auto found, core_->take_access(tx, actor, id, Permission::record));
    const TakeRow& take = found.take;
    if (take.state != TakeState::recording) return base::fail(error_take_state, "this take is not being recorded");
    GREENROOM_TRY(const auto before, pauses::of_take(tx, id));
    if (is_paused(before) == paused) return core_->view(tx, take);
    if (paused && before.size() >= core_->d.limits.pauses_per_take_max) {
      return base::fail(error_take_state, "this take was paused as often as it can be");
    }
    GREENROOM_CHECK_OK((paused ? pauses::begin : pauses::end)(tx, id, core_->now()));
    GREENROOM_TRY(auto shown, core_->view(tx, take));
    core_->publish(tx, take.session, (paused ? events::take_paused : events::take_resumed).with({shown}));
    if (!paused) {
      GREENROOM_TRY(auto agreed, core_->agreed(tx, take.session));
      core_->start_backup(tx, take.session, {id, found.access.session.workspace, std::move(agreed)});
    } else if (auto* recording = core_->d.recording) {
      tx.after_commit([recording, session = take.session, id] { recording->stop_backup(session, id); });
    }
    return shown;
  });
}

base::Result<Take> Studio::shorten_wait(const Actor& actor, TakeId id, Patience patience) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<Take> {
    GREENROOM_TRY(auto found, core_->take_access(tx, actor, id, Permission::record));
    TakeRow& take = found.take;
    if (take.state == TakeState::recording) return base::fail(error_take_state, "stop the recording first");
    if (take.state != TakeState::uploading) return core_->view(tx, take);  // it waits for nobody any more
    const auto until = core_->now() + std::chrono::seconds(patience.seconds);
    take.deadline_at = std::min(until, take.deadline_at.value_or(until));
    GREENROOM_CHECK_OK(takes::update(tx, take));
    GREENROOM_CHECK_OK(core_->move_on(tx, take));
    core_->publish(tx, take.session, events::session_changed.with({take.session, found.access.session.state}));
    GREENROOM_TRY(const auto now, takes::find(tx, id));
    return core_->view(tx, now.value_or(take));
  });
}

base::Result<Take> Studio::take(const Actor& actor, TakeId id) {
  return core_->d.database.read([&](db::Transaction& tx) -> base::Result<Take> {
    GREENROOM_TRY(const auto found, core_->take_access(tx, actor, id, std::nullopt));
    return core_->view(tx, found.take);
  });
}

base::Result<std::optional<TakeRow>> Studio::Core::recording_now(db::Transaction& tx, SessionId session) const {
  GREENROOM_TRY(const auto all, takes::of_session(tx, session));
  for (const auto& row : all) {
    if (row.state != TakeState::recording) continue;
    GREENROOM_TRY(const auto paused, pauses::of_take(tx, row.id));
    return is_paused(paused) ? std::nullopt : std::optional(row);
  }
  return std::nullopt;
}

base::Result<std::vector<ParticipantId>> Studio::Core::agreed(db::Transaction& tx, SessionId session) const {
  GREENROOM_TRY(const auto people, participants::of_session(tx, session));
  std::vector<ParticipantId> out;
  for (const auto& person : people)
    if (person.consented_at) out.push_back(person.id);
  return out;
}

void Studio::Core::start_backup(db::Transaction& tx, SessionId session, TakeInProgress take) const {
  if (!d.recording) return;
  tx.after_commit(
      [recording = d.recording, session, take = std::move(take)] { recording->start_backup(session, take); });
}

base::Result<std::optional<TakeInProgress>> Studio::take_in_progress(SessionId session) {
  return core_->d.database.read([&](db::Transaction& tx) -> base::Result<std::optional<TakeInProgress>> {
    GREENROOM_TRY(const auto take, core_->recording_now(tx, session));
    if (!take) return std::nullopt;
    GREENROOM_TRY(const auto row, sessions::find(tx, session));
    GREENROOM_TRY(auto agreed, core_->agreed(tx, session));
    return TakeInProgress{take->id, row ? row->workspace : WorkspaceId(), std::move(agreed)};
  });
}

}  // namespace greenroom::studio
