// Sessions are planned, changed, ended and deleted.
#include "studio/detail/core.hpp"

namespace greenroom::studio {

namespace {

constexpr std::size_t guest_token_bytes = 16;
constexpr base::WallTime year_2000 = base::wall_from_micros(946'684'800'000'000);
constexpr base::WallTime year_2200 = base::wall_from_micros(7'258'118'400'000'000);

// The files behind a take's rows, by way of the list of removals.
base::Status remove_files_later(db::Transaction& tx, TakeId take, base::WallTime now) {
  GREENROOM_TRY(const auto made, assets::of_take(tx, take));
  for (const auto& asset : made) GREENROOM_CHECK_OK(assets::insert_removal(tx, {RemovalKind::blob, asset.blob}, now));
  GREENROOM_TRY(const auto recorded, stems::of_take(tx, take));
  for (const auto& stem : recorded) {
    if (!stem.upload) continue;
    GREENROOM_CHECK_OK(assets::insert_removal(tx, {RemovalKind::upload, stem.upload->str()}, now));
  }
  return assets::insert_removal(tx, {RemovalKind::backup, take.str()}, now);
}

base::Status check_date(const std::optional<base::WallTime>& at) {
  if (!at || (*at >= year_2000 && *at < year_2200)) return {};
  return base::fail(error_field, "must be a time of this century or the next", "scheduledAt");
}

base::Status check_project(db::Transaction& tx, const SessionRow& session) {
  if (!session.project) return {};
  GREENROOM_TRY(const auto project, projects::find(tx, *session.project));
  if (project && project->workspace == session.workspace) return {};
  return base::fail(error_field, "is not a project of this workspace", "projectId");
}

base::Status check_permissions(const std::vector<RolePermissions>& overrides) {
  const auto wrong = [](std::string what) { return base::fail(error_field, std::move(what), "permissions"); };
  std::array<bool, 4> seen{};
  for (const auto& said : overrides) {
    if (said.role == Role::host) return wrong("a host may always do everything");
    if (std::exchange(seen.at(std::size_t(said.role)), true)) return wrong("names a role twice");
  }
  return {};
}

bool reschedules(const SessionChange& change) { return change.kind || change.scheduled_at || change.length_minutes; }

base::Status apply(const SessionChange& change, SessionRow& row, const StudioLimits& limits) {
  if (reschedules(change) && !may_reschedule(row.state)) {
    return base::fail(error_session_state, "the date and the kind of a session that has begun stay as they are");
  }
  if (change.title) {
    GREENROOM_TRY(row.title, checked_text(*change.title, "title", limits.title_chars_max));
  }
  row.kind = change.kind.value_or(row.kind);
  change.scheduled_at.apply(row.scheduled_at);
  change.length_minutes.apply(row.length_minutes);
  change.project_id.apply(row.project);
  row.lobby = change.lobby.value_or(row.lobby);
  row.participants_max = change.participants_max.value_or(row.participants_max);
  row.recording = change.recording.value_or(row.recording);
  row.permissions = change.permissions.value_or(row.permissions);
  return {};
}

}  // namespace

base::Result<Session> Studio::create_session(const Actor& actor, const NewSession& session) {
  const auto* user = std::get_if<UserActor>(&actor);
  if (!user) return base::fail(error_sign_in, "sign in first");
  const auto rights = rights_of(user->role);
  if (!rights.edit) return base::fail(error_forbidden, "only editors of the workspace plan sessions");
  SessionRow row;
  GREENROOM_TRY(row.title, checked_text(session.title, "title", core_->d.limits.title_chars_max));
  GREENROOM_CHECK_OK(check_date(session.scheduled_at));
  row.created_at = row.since = core_->now();
  row.id = SessionId::make(row.created_at, core_->d.rng);
  row.workspace = user->workspace;
  row.project = session.project_id;
  row.kind = session.kind;
  row.created_by = user->user;
  row.scheduled_at = session.scheduled_at;
  row.length_minutes = session.length_minutes;
  row.lobby = session.lobby;
  row.participants_max = session.participants_max.value_or(default_participants_max(session.kind));
  row.recording = session.recording.value_or(RecordingSettings());
  InviteRow invite;
  invite.id = InviteId::make(row.created_at, core_->d.rng);
  invite.token = core_->random_text(guest_token_bytes);
  invite.session = row.id;
  invite.created_at = row.created_at;
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<Session> {
    GREENROOM_CHECK_OK(check_project(tx, row));
    GREENROOM_CHECK_OK(studio::sessions::insert(tx, row));
    GREENROOM_CHECK_OK(invites::insert(tx, invite));
    GREENROOM_CHECK_OK(core_->refresh(tx, row));
    GREENROOM_CHECK_OK(core_->audit(tx, actor, "session.created", row.id.str()));
    return core_->view(tx, row.id, rights.may);
  });
}

base::Result<Session> Studio::change_session(const Actor& actor, SessionId id, const SessionChange& change,
                                             std::optional<std::uint64_t> expected) {
  GREENROOM_CHECK_OK(check_date(change.scheduled_at.to()));
  if (change.permissions) GREENROOM_CHECK_OK(check_permissions(*change.permissions));
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<Session> {
    GREENROOM_TRY(const auto access, core_->edit_access(tx, actor, id, expected));
    SessionRow row = access.session;
    GREENROOM_CHECK_OK(apply(change, row, core_->d.limits));
    GREENROOM_CHECK_OK(check_project(tx, row));
    ++row.revision;
    GREENROOM_CHECK_OK(studio::sessions::update_settings(tx, row));
    if (access.session.lobby && !row.lobby) GREENROOM_CHECK_OK(core_->let_everyone_in(tx, row));
    if (change.permissions) core_->publish(tx, id, events::permissions_changed.with({id}));
    if (row.state == SessionState::cancelled && change.scheduled_at.to() > core_->now()) {
      GREENROOM_CHECK_OK(core_->reopen(tx, row));  // it takes place after all
    } else {
      GREENROOM_CHECK_OK(core_->refresh(tx, row));  // its deadline goes by its date
    }
    if (row.state == access.session.state) core_->publish(tx, id, events::session_changed.with({id, row.state}));
    GREENROOM_CHECK_OK(core_->audit(tx, actor, "session.changed", id.str()));
    return core_->view(tx, id, access.may);
  });
}

base::Result<Session> Studio::end_session(const Actor& actor, SessionId id) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<Session> {
    GREENROOM_TRY(auto access, core_->access(tx, actor, id, Permission::end_session));
    if (!access.session.ended_at) {
      GREENROOM_CHECK_OK(core_->end(tx, access.session));
      GREENROOM_CHECK_OK(core_->audit(tx, actor, "session.ended", id.str()));
    }
    return core_->view(tx, id, access.may);
  });
}

base::Status Studio::Core::remove_session(db::Transaction& tx, SessionId id) const {
  GREENROOM_TRY(const auto rows, takes::of_session(tx, id));
  for (const auto& take : rows) {
    if (take.state == TakeState::recording) return base::fail(error_take_running, "stop the recording first");
    GREENROOM_CHECK_OK(remove_files_later(tx, take.id, now()));
  }
  publish(tx, id, events::session_ended.with({id}));
  return studio::sessions::remove(tx, id);
}

base::Status Studio::delete_session(const Actor& actor, SessionId id, std::optional<std::uint64_t> expected) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Status {
    GREENROOM_CHECK_OK(core_->edit_access(tx, actor, id, expected));
    GREENROOM_CHECK_OK(core_->remove_session(tx, id));
    return core_->audit(tx, actor, "session.deleted", id.str());
  });
}

}  // namespace greenroom::studio
