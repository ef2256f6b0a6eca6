// Signing in with a password, signing out, and what a person's logins are.
#include "people/detail/core.hpp"

namespace greenroom::people {

base::Result<WorkspaceId> People::Core::make_workspace(db::Transaction& tx, UserId owner, std::string name) const {
  const WorkspaceRow row{WorkspaceId::make(now(), d.rng), std::move(name), now()};
  GREENROOM_CHECK_OK(workspaces::insert(tx, row));
  GREENROOM_CHECK_OK(members::insert(tx, row.id, owner, WorkspaceRole::owner, now()));
  return row.id;
}

base::Result<WorkspaceId> People::Core::home_of(db::Transaction& tx, UserId user) const {
  GREENROOM_TRY(const auto home, members::oldest_home(tx, user));
  if (home) return *home;
  GREENROOM_TRY(const auto who, users::find(tx, user));
  if (!who) return sign_in_first();
  return make_workspace(tx, user, who->name + "'s studio");
}

base::Result<UserId> People::Core::make_user(db::Transaction& tx, UserRow user) const {
  user.created_at = now();
  user.id = UserId::make(user.created_at, d.rng);
  GREENROOM_CHECK_OK(users::insert(tx, user));
  return user.id;
}

base::Result<SignedIn> People::Core::sign_in(db::Transaction& tx, UserId user, std::optional<WorkspaceId> workspace,
                                             const Visit& visit) const {
  LoginRow login;
  login.created_at = login.last_seen_at = now();
  login.expires_at = now() + d.limits.login_life;
  login.id = LoginId::make(now(), d.rng);
  login.user = user;
  login.address = visit.address;
  login.agent = visit.agent;
  if (workspace) {
    login.workspace = *workspace;
  } else {
    GREENROOM_TRY(login.workspace, home_of(tx, user));
  }
  GREENROOM_CHECK_OK(people::logins::insert(tx, login));
  GREENROOM_CHECK_OK(people::logins::keep_newest(tx, user, d.limits.logins_max));
  GREENROOM_CHECK_OK(audit(tx, {login.workspace, user, "login.began", login.id.str(), "", visit.address}));
  SignedIn in;
  GREENROOM_TRY(in.account, account(tx, user, login.workspace));
  GREENROOM_TRY(in.tokens, issue(tx, login));
  return in;
}

void People::Core::tell_logins_ended(db::Transaction& tx, UserId user) const {
  tx.after_commit([this, user] {
    if (hooks.logins_ended) hooks.logins_ended(user);
  });
}

base::Status People::Core::end_logins(db::Transaction& tx, UserId user, LoginId kept) const {
  tell_logins_ended(tx, user);
  return people::logins::remove_others(tx, user, kept);
}

base::Result<SignedIn> People::login(const Credentials& credentials, const Visit& visit) {
  const base::WallTime now = core_->now();
  const std::string email = checked_email(credentials.email).value_or("");
  const std::string who = email + '\n' + visit.address;
  if (const auto wait = core_->login_failures.wait(who, now)) return too_many(*wait);
  if (const auto wait = core_->address_failures.wait(visit.address, now)) return too_many(*wait);
  GREENROOM_TRY(const auto user,
                core_->d.database.read([&](db::Transaction& tx) { return users::by_email(tx, email); }));
  if (!core_->password_is(user, credentials.password)) {
    core_->login_failures.failed(who, now);
    core_->address_failures.failed(visit.address, now);
    return wrong_credentials();
  }
  std::optional<std::string> renewed;
  if (crypto::needs_rehash(*user->password_hash, core_->d.limits.password_cost)) {
    GREENROOM_TRY(renewed, crypto::hash_password(credentials.password, core_->d.limits.password_cost));
  }
  auto in = core_->d.database.write([&](db::Transaction& tx) -> base::Result<SignedIn> {
    GREENROOM_CHECK_OK(core_->second_factor(tx, user->id, credentials.code));
    if (renewed) GREENROOM_CHECK_OK(users::set_password_hash(tx, user->id, *renewed));
    return core_->sign_in(tx, user->id, std::nullopt, visit);
  });
  if (in) core_->login_failures.succeeded(who);
  return in;
}

base::Result<Account> People::me(const UserActor& actor) {
  return core_->d.database.read([&](db::Transaction& tx) { return core_->account(tx, actor.user, actor.workspace); });
}

base::Result<Account> People::rename(const UserActor& actor, std::string_view name) {
  GREENROOM_TRY(const auto checked, checked_text(name, "name", core_->d.limits.name_chars_max));
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<Account> {
    GREENROOM_CHECK_OK(users::set_name(tx, actor.user, checked));
    return core_->account(tx, actor.user, actor.workspace);
  });
}

base::Result<std::vector<Login>> People::logins(const UserActor& actor) {
  GREENROOM_TRY(const auto rows, core_->d.database.read([&](db::Transaction& tx) {
    return people::logins::of_user(tx, actor.user, core_->now());
  }));
  std::vector<Login> out;
  for (const auto& row : rows) {
    out.push_back({row.id, row.created_at, row.last_seen_at, row.address, row.agent, row.id == actor.login});
  }
  return out;
}

base::Status People::end_login(const UserActor& actor, LoginId id) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Status {
    GREENROOM_TRY(const auto removed, people::logins::remove(tx, actor.user, id));
    if (removed == 0) return base::fail(error_not_found, "there is no such login");
    core_->tell_logins_ended(tx, actor.user);
    return core_->audit(tx, actor, "login.ended", id.str());
  });
}

}  // namespace greenroom::people
