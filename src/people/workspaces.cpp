#include "people/detail/core.hpp"

namespace greenroom::people {

namespace {

WorkspaceDetail detail_of(const WorkspaceRow& row, WorkspaceRole role) {
  WorkspaceDetail out;
  out.id = row.id;
  out.name = row.name;
  out.role = role;
  out.created_at = row.created_at;
  out.revision = row.revision;
  return out;
}

tl::unexpected<base::Error> no_workspace() { return base::fail(error_not_found, "there is no such workspace"); }

}  // namespace

base::Status People::Core::must_manage(const UserActor& actor) const {
  if (may_manage(actor.role)) return {};
  return base::fail(error_forbidden, "only the workspace's owners and admins may do this");
}

base::Result<std::vector<Workspace>> People::workspaces(const UserActor& actor) {
  return core_->d.database.read([&](db::Transaction& tx) { return people::workspaces::of_user(tx, actor.user); });
}

base::Result<WorkspaceDetail> People::create_workspace(const UserActor& actor, std::string_view name) {
  GREENROOM_TRY(const auto checked, checked_text(name, "name", core_->d.limits.name_chars_max));
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<WorkspaceDetail> {
    GREENROOM_TRY(const auto before, people::workspaces::of_user(tx, actor.user));
    if (before.size() >= core_->d.limits.workspaces_max) return base::fail(error_full, "leave a workspace first");
    GREENROOM_TRY(const auto id, core_->make_workspace(tx, actor.user, checked));
    GREENROOM_CHECK_OK(core_->audit(tx, {id, actor.user, "workspace.made", id.str(), "", actor.address}));
    GREENROOM_TRY(const auto row, people::workspaces::find(tx, id));
    return detail_of(*row, WorkspaceRole::owner);
  });
}

base::Result<Account> People::switch_workspace(const UserActor& actor, WorkspaceId id) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<Account> {
    GREENROOM_TRY(const auto role, people::members::role(tx, id, actor.user));
    if (!role) return no_workspace();
    GREENROOM_CHECK_OK(people::logins::move(tx, actor.login, id));
    return core_->account(tx, actor.user, id);
  });
}

base::Result<WorkspaceDetail> People::workspace(const UserActor& actor) {
  return core_->d.database.read([&](db::Transaction& tx) -> base::Result<WorkspaceDetail> {
    GREENROOM_TRY(const auto row, people::workspaces::find(tx, actor.workspace));
    if (!row) return no_workspace();
    return detail_of(*row, actor.role);
  });
}

base::Result<WorkspaceDetail> People::rename_workspace(const UserActor& actor, std::string_view name,
                                                       std::optional<std::uint64_t> expected_revision) {
  GREENROOM_CHECK_OK(core_->must_manage(actor));
  GREENROOM_TRY(const auto checked, checked_text(name, "name", core_->d.limits.name_chars_max));
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<WorkspaceDetail> {
    GREENROOM_TRY(auto row, people::workspaces::find(tx, actor.workspace));
    if (!row) return no_workspace();
    if (expected_revision && *expected_revision != row->revision) {
      return base::fail(error_changed, "the workspace was changed meanwhile: look again");
    }
    GREENROOM_CHECK_OK(people::workspaces::rename(tx, row->id, checked));
    GREENROOM_CHECK_OK(core_->audit(tx, actor, "workspace.renamed", row->id.str()));
    row->name = checked;
    ++row->revision;
    return detail_of(*row, actor.role);
  });
}

}  // namespace greenroom::people
