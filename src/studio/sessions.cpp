#include "studio/detail/core.hpp"

namespace greenroom::studio {

namespace {

JobView shown(const jobs::Job& job) {
  return {job.id, job.kind, job.state, job.stage, job.progress, job.eta_s, job.error};
}

bool may_see(const ParticipantRow& person, Permissions may) {
  if (person.state == ParticipantState::waiting) return may.has(Permission::admit);
  return person.state == ParticipantState::admitted || may.has(Permission::remove);
}

}  // namespace

base::Result<SessionPage> Studio::sessions(const Actor& actor, const SessionFilter& filter) {
  const auto* user = std::get_if<UserActor>(&actor);
  if (!user) return base::fail(error_sign_in, "sign in first");
  GREENROOM_TRY(const auto start, page_start<SessionId>(core_->d.limits, filter.limit, filter.cursor));
  const auto may = rights_of(user->role).may;
  const SessionQuery query{user->workspace, filter.project_id, filter.state,
                           filter.kind,     start.before,      start.count + 1};
  return core_->d.database.read([&](db::Transaction& tx) -> base::Result<SessionPage> {
    GREENROOM_TRY(auto rows, studio::sessions::page(tx, query));
    SessionPage page;
    if (rows.size() > start.count) {
      rows.resize(start.count);
      page.next_cursor = rows.back().session.id.str();
    }
    for (const auto& row : rows) page.items.push_back(core_->view(row, may));
    return page;
  });
}

base::Result<SessionDetail> Studio::session(const Actor& actor, SessionId id) {
  return core_->d.database.read([&](db::Transaction& tx) -> base::Result<SessionDetail> {
    GREENROOM_TRY(auto found, studio::sessions::shown(tx, id));
    GREENROOM_TRY(const auto access, Core::access_to(actor, found ? std::optional(found->session) : std::nullopt));
    SessionDetail detail;
    static_cast<Session&>(detail) = core_->view(*found, access.may);
    detail.may = access.may.list();
    detail.permissions = permission_table(access.session.permissions);
    GREENROOM_TRY(const auto people, participants::of_session(tx, id));
    std::map<ParticipantId, std::string> names;
    for (const auto& person : people) {
      if (may_see(person, access.may)) detail.participants.push_back(studio::shown(person));
      names.emplace(person.id, person.name);
    }
    GREENROOM_TRY(const auto rows, takes::of_session(tx, id));
    for (const auto& row : rows) {
      GREENROOM_TRY(auto take, core_->view(tx, row));
      detail.takes.push_back(std::move(take));
      if (!access.may.has(Permission::see_results)) continue;
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

base::Status Studio::over_snapshot(const std::function<void()>& use) {
  return core_->d.database.read([&](db::Transaction&) -> base::Status {
    use();
    return {};
  });
}

base::Status Studio::may_follow(const Actor& actor, SessionId id) {
  return core_->d.database.read([&](db::Transaction& tx) -> base::Status {
    GREENROOM_CHECK_OK(core_->access(tx, actor, id));
    return {};
  });
}

}  // namespace greenroom::studio
