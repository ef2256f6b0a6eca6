#include "studio/detail/core.hpp"

namespace greenroom::studio {

namespace {

constexpr std::uint32_t page_default = 20;
constexpr std::size_t guest_token_bytes = 16;

base::Result<UserActor> must_be_user(const Actor& actor) {
  if (const auto* user = std::get_if<UserActor>(&actor)) return *user;
  return base::fail(error_sign_in, "sign in first");
}

Participant shown(const ParticipantRow& row) { return {row.id, row.name, row.role, row.joined_at, row.left_at}; }

JobView shown(const jobs::Job& job) {
  return {job.id, job.kind, job.state, job.stage, job.progress, job.eta_s, job.error};
}

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

}  // namespace

base::Result<Session> Studio::create_session(const Actor& actor, const NewSession& session) {
  GREENROOM_TRY(const auto user, must_be_user(actor));
  SessionRow row;
  GREENROOM_TRY(row.title, checked_text(session.title, "title", core_->d.limits.title_chars_max));
  row.created_at = core_->now();
  row.id = SessionId::make(row.created_at, core_->d.rng);
  row.workspace = user.workspace;
  row.kind = session.kind;
  row.created_by = user.user;
  row.scheduled_at = session.scheduled_at;
  const std::string token = core_->random_text(guest_token_bytes);
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<Session> {
    GREENROOM_CHECK_OK(sessions::insert(tx, row));
    GREENROOM_CHECK_OK(sessions::insert_invite(tx, token, {row.id, Role::speaker}, row.created_at));
    return core_->view(tx, row, true);
  });
}

base::Result<SessionPage> Studio::sessions(const Actor& actor, std::optional<std::uint32_t> limit,
                                           std::optional<std::string> cursor) {
  GREENROOM_TRY(const auto user, must_be_user(actor));
  if (cursor && !SessionId::parse(*cursor)) return base::fail(error_field, "is not a cursor of this list", "cursor");
  const std::size_t count = std::clamp<std::size_t>(limit.value_or(page_default), 1, core_->d.limits.sessions_page_max);
  return core_->d.database.read([&](db::Transaction& tx) -> base::Result<SessionPage> {
    GREENROOM_TRY(auto rows, studio::sessions::page(tx, user.workspace, cursor.value_or(""), count + 1));
    SessionPage page;
    if (rows.size() > count) {
      rows.resize(count);
      page.next_cursor = rows.back().id.str();
    }
    for (const auto& row : rows) {
      GREENROOM_TRY(auto session, core_->view(tx, row, true));
      page.items.push_back(std::move(session));
    }
    return page;
  });
}

base::Result<SessionDetail> Studio::session(const Actor& actor, SessionId id) {
  return core_->d.database.read([&](db::Transaction& tx) -> base::Result<SessionDetail> {
    GREENROOM_TRY(const auto access, core_->access(tx, actor, id));
    SessionDetail detail;
    GREENROOM_TRY(static_cast<Session&>(detail), core_->view(tx, access.session, access.host));
    GREENROOM_TRY(const auto people, participants::of_session(tx, id));
    std::map<ParticipantId, std::string> names;
    for (const auto& person : people) {
      detail.participants.push_back(shown(person));
      names.emplace(person.id, person.name);
    }
    GREENROOM_TRY(const auto rows, takes::of_session(tx, id));
    for (const auto& row : rows) {
      GREENROOM_TRY(auto take, core_->view(tx, row));
      detail.takes.push_back(std::move(take));
      if (!access.host) continue;  // results are the hosts'
      GREENROOM_TRY(const auto made, assets::of_take(tx, row.id));
      for (const auto& asset : made) detail.assets.push_back(core_->view(asset, names));
    }
    if (!rows.empty()) {
      GREENROOM_TRY(const auto job, core_->d.queue.latest(tx, job_subject(rows.back().id)));
      if (job) detail.job = shown(*job);
    }
    return detail;
  });
}

base::Result<Session> Studio::rename_session(const Actor& actor, SessionId id, std::string_view title) {
  GREENROOM_TRY(const auto checked, checked_text(title, "title", core_->d.limits.title_chars_max));
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<Session> {
    GREENROOM_TRY(auto access, core_->host_access(tx, actor, id));
    GREENROOM_CHECK_OK(studio::sessions::rename(tx, id, checked));
    access.session.title = checked;
    return core_->view(tx, access.session, true);
  });
}

base::Status Studio::delete_session(const Actor& actor, SessionId id) {
  GREENROOM_CHECK_OK(must_be_user(actor));
  return core_->d.database.write([&](db::Transaction& tx) -> base::Status {
    GREENROOM_CHECK_OK(core_->host_access(tx, actor, id));
    const base::WallTime now = core_->now();
    GREENROOM_TRY(const auto rows, takes::of_session(tx, id));
    for (const auto& take : rows) {
      if (take.state == TakeState::recording) return base::fail(error_take_running, "stop the recording first");
      GREENROOM_CHECK_OK(remove_files_later(tx, take.id, now));
    }
    return studio::sessions::remove(tx, id);
  });
}

}  // namespace greenroom::studio
