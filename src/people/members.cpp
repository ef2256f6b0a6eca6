// Who belongs to a workspace. Roles are read inside the transaction that changes them: of two owners who leave at the
// same time, the second finds themself the last.
#include "people/detail/core.hpp"
#include "wire/json.hpp"

namespace greenroom::people {

namespace {

base::Result<WorkspaceRole> role_of(db::Transaction& tx, WorkspaceId workspace, UserId user) {
  GREENROOM_TRY(const auto role, people::members::role(tx, workspace, user));
  if (!role) return base::fail(error_not_found, "there is no such member");
  return *role;
}

tl::unexpected<base::Error> owners_only() {
  return base::fail(error_forbidden, "only owners may make, change and remove owners");
}

}  // namespace

base::Status not_the_last_owner(db::Transaction& tx, WorkspaceId workspace, WorkspaceRole role) {
  if (role != WorkspaceRole::owner) return {};
  GREENROOM_TRY(const auto owners, people::members::owners(tx, workspace));
  if (owners > 1) return {};
  return base::fail(error_last_owner, "a workspace needs an owner: make somebody else one first");
}

// Logins of who leaves move to another workspace of theirs, keys for this one go.
base::Status People::Core::leave(db::Transaction& tx, UserId user, WorkspaceId workspace) const {
  GREENROOM_CHECK_OK(people::members::remove(tx, workspace, user));
  GREENROOM_CHECK_OK(people::api_keys::remove_in(tx, user, workspace));
  GREENROOM_TRY(const auto home, home_of(tx, user));
  return people::logins::move_all(tx, user, workspace, home);
}

base::Result<std::vector<Member>> People::members(const UserActor& actor) {
  return core_->d.database.read(
      [&](db::Transaction& tx) { return people::members::of_workspace(tx, actor.workspace); });
}

base::Result<Member> People::set_role(const UserActor& actor, UserId user, WorkspaceRole role) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<Member> {
    GREENROOM_TRY(const auto mine, role_of(tx, actor.workspace, actor.user));
    if (!may_manage(mine)) return base::fail(error_forbidden, "only owners and admins may change roles");
    GREENROOM_TRY(const auto before, role_of(tx, actor.workspace, user));
    const bool about_owners = before == WorkspaceRole::owner || role == WorkspaceRole::owner;
    if (about_owners && mine != WorkspaceRole::owner) return owners_only();
    if (role != WorkspaceRole::owner) GREENROOM_CHECK_OK(not_the_last_owner(tx, actor.workspace, before));
    GREENROOM_CHECK_OK(people::members::set_role(tx, actor.workspace, user, role));
    GREENROOM_CHECK_OK(core_->audit(tx, actor, "member.role", user.str(), wire::enum_name(role)));
    GREENROOM_TRY(const auto all, people::members::of_workspace(tx, actor.workspace));
    const auto found = std::find_if(all.begin(), all.end(), [&](const Member& m) { return m.user_id == user; });
    return *found;
  });
}

base::Status People::remove_member(const UserActor& actor, UserId user) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Status {
    GREENROOM_TRY(const auto mine, role_of(tx, actor.workspace, actor.user));
    const bool leaving = user == actor.user;
    if (!leaving && !may_manage(mine)) return base::fail(error_forbidden, "only owners and admins may remove members");
    GREENROOM_TRY(const auto theirs, role_of(tx, actor.workspace, user));
    if (!leaving && theirs == WorkspaceRole::owner && mine != WorkspaceRole::owner) return owners_only();
    GREENROOM_CHECK_OK(not_the_last_owner(tx, actor.workspace, theirs));
    GREENROOM_CHECK_OK(core_->leave(tx, user, actor.workspace));
    return core_->audit(tx, actor, leaving ? "member.left" : "member.removed", user.str());
  });
}

}  // namespace greenroom::people
