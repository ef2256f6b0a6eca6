// Inviting people to a workspace by mail. The link in the mail proves the address, so accepting it can make an account;
// an account that exists accepts it signed in.
#include "notify/letters.hpp"
#include "people/detail/core.hpp"
#include "wire/json.hpp"

namespace greenroom::people {

namespace {

base::Result<InvitationRow> find_invitation(db::Transaction& tx, std::string_view token, base::WallTime now) {
  if (token.size() > mailed_token_chars_max) return dead_link();
  GREENROOM_TRY(auto row, people::invitations::by_token(tx, hashed(token), now));
  if (!row) return dead_link();
  return *std::move(row);
}

}  // namespace

base::Result<Invitation> People::invite(const UserActor& actor, std::string_view text, WorkspaceRole role) {
  GREENROOM_CHECK_OK(core_->must_manage(actor));
  if (role == WorkspaceRole::owner && actor.role != WorkspaceRole::owner) {
    return base::fail(error_forbidden, "only owners may invite owners");
  }
  InvitationRow row;
  GREENROOM_TRY(row.email, checked_email(text));
  const auto& limits = core_->d.limits;
  row.created_at = core_->now();
  row.expires_at = row.created_at + limits.invitation_life;
  row.id = InvitationId::make(row.created_at, core_->d.rng);
  row.workspace = actor.workspace;
  row.role = role;
  row.invited_by = actor.user;
  GREENROOM_CHECK_OK(core_->may_mail(row.email, {actor.user.str(), ""}));
  const std::string token = core_->random_text(mailed_token_bytes);
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<Invitation> {
    GREENROOM_TRY(const auto me, core_->account(tx, actor.user, actor.workspace));
    GREENROOM_TRY(const auto known, users::by_email(tx, row.email));
    if (known) {
      GREENROOM_TRY(const auto member, people::members::role(tx, actor.workspace, known->id));
      if (member) return base::fail(error_already_member, "this person is a member already");
    }
    GREENROOM_TRY(const auto open, people::invitations::of_workspace(tx, actor.workspace, core_->now()));
    if (open.size() >= limits.invitations_max) return base::fail(error_full, "withdraw an invitation first");
    GREENROOM_CHECK_OK(people::invitations::replace(tx, hashed(token), row));
    GREENROOM_CHECK_OK(core_->audit(tx, actor, "member.invited", row.id.str(), wire::enum_name(role)));
    core_->send_after_commit(
        tx, notify::workspace_invitation_letter({row.email, core_->url("/invitations/", token), limits.invitation_life},
                                                {me.user.name, me.workspace.name, std::string(wire::enum_name(role))}));
    return Invitation{row.id, row.email, role, me.user.name, row.created_at, row.expires_at};
  });
}

base::Result<std::vector<Invitation>> People::invitations(const UserActor& actor) {
  GREENROOM_CHECK_OK(core_->must_manage(actor));
  return core_->d.database.read(
      [&](db::Transaction& tx) { return people::invitations::of_workspace(tx, actor.workspace, core_->now()); });
}

base::Status People::withdraw_invitation(const UserActor& actor, InvitationId id) {
  GREENROOM_CHECK_OK(core_->must_manage(actor));
  return core_->d.database.write([&](db::Transaction& tx) -> base::Status {
    GREENROOM_TRY(const auto removed, people::invitations::remove(tx, actor.workspace, id));
    if (removed == 0) return base::fail(error_not_found, "there is no such invitation");
    return core_->audit(tx, actor, "invitation.withdrawn", id.str());
  });
}

base::Result<InvitationBrief> People::invitation(std::string_view token) {
  return core_->d.database.read([&](db::Transaction& tx) -> base::Result<InvitationBrief> {
    GREENROOM_TRY(const auto row, find_invitation(tx, token, core_->now()));
    GREENROOM_TRY(const auto workspace, people::workspaces::find(tx, row.workspace));
    GREENROOM_TRY(const auto inviter, users::find(tx, row.invited_by));
    GREENROOM_TRY(const auto known, users::by_email(tx, row.email));
    return InvitationBrief{workspace ? workspace->name : "", inviter ? inviter->name : "", row.email, row.role,
                           known.has_value()};
  });
}

// The membership that an invitation gives, and the end of the invitation.
base::Status People::Core::accept(db::Transaction& tx, const InvitationRow& row, UserId user,
                                  const std::string& address) const {
  GREENROOM_TRY(const auto before, people::members::role(tx, row.workspace, user));
  if (before) return base::fail(error_already_member, "you are a member already");
  GREENROOM_TRY(const auto count, people::members::count(tx, row.workspace));
  GREENROOM_TRY(const auto homes, people::workspaces::of_user(tx, user));
  if (count >= d.limits.members_max || homes.size() >= d.limits.workspaces_max) {
    return base::fail(error_full, "there is no room for another membership");
  }
  GREENROOM_CHECK_OK(people::members::insert(tx, row.workspace, user, row.role, now()));
  GREENROOM_CHECK_OK(people::invitations::remove(tx, row.workspace, row.id));
  return audit(tx, {row.workspace, user, "member.joined", user.str(), std::string(wire::enum_name(row.role)), address});
}

base::Result<Account> People::accept_invitation(const UserActor& actor, std::string_view token) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<Account> {
    GREENROOM_TRY(const auto row, find_invitation(tx, token, core_->now()));
    GREENROOM_TRY(const auto user, users::find(tx, actor.user));
    if (!user) return sign_in_first();
    if (user->email != row.email) {
      return base::fail(error_other_address, "this invitation is for another address: sign in with that account");
    }
    GREENROOM_CHECK_OK(core_->accept(tx, row, actor.user, actor.address));
    GREENROOM_CHECK_OK(users::set_verified(tx, actor.user, core_->now()));
    GREENROOM_CHECK_OK(people::logins::move(tx, actor.login, row.workspace));
    return core_->account(tx, actor.user, row.workspace);
  });
}

base::Result<SignedIn> People::accept_invitation(std::string_view token, std::string_view name,
                                                 std::string_view password, const Visit& visit) {
  const auto find = [&](db::Transaction& tx) -> base::Result<InvitationRow> {
    GREENROOM_TRY(auto row, find_invitation(tx, token, core_->now()));
    GREENROOM_TRY(const auto known, users::by_email(tx, row.email));
    if (known) return base::fail(error_sign_in, "you have an account: sign in to accept");
    return row;
  };
  GREENROOM_TRY(const auto invited, core_->d.database.read(find));  // before the slow hash, and again below
  UserRow user;
  GREENROOM_TRY(user.name, checked_text(name, "name", core_->d.limits.name_chars_max));
  GREENROOM_TRY(user.password_hash, core_->hash_password(password));
  user.email = invited.email;
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<SignedIn> {
    GREENROOM_TRY(const auto row, find(tx));
    user.email_verified_at = core_->now();
    GREENROOM_TRY(const auto id, core_->make_user(tx, user));
    GREENROOM_CHECK_OK(core_->accept(tx, row, id, visit.address));
    GREENROOM_CHECK_OK(links::remove_of_address(tx, row.email));
    return core_->sign_in(tx, id, row.workspace, visit);
  });
}

}  // namespace greenroom::people
