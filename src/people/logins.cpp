#include "people/detail/core.hpp"

namespace greenroom::people {

namespace {

constexpr std::size_t cookie_bytes_max = 200;

tl::unexpected<base::Error> wrong_credentials() {
  return base::fail(error_credentials, "e-mail address or password is wrong");
}

}  // namespace

base::Result<SignedIn> People::Core::sign_in(db::Transaction& tx, UserId user, WorkspaceId workspace) const {
  SignedIn in;
  GREENROOM_TRY(in.account, account(tx, user, workspace));
  in.cookie = random_text(32);
  in.expires_at = now() + d.limits.login_life;
  GREENROOM_CHECK_OK(logins::insert(tx, hashed(in.cookie), {user, workspace, in.expires_at}, now()));
  return in;
}

base::Result<SignedIn> People::login(std::string_view email, std::string_view password, const Visit& visit) {
  const base::WallTime now = core_->now();
  const std::string who = std::string(email.substr(0, 254)) + '\n' + visit.address;
  if (!core_->login_failures.allowed(who, now) || !core_->address_failures.allowed(visit.address, now)) {
    return base::fail(error_too_many, "too many attempts: try again in a few minutes");
  }
  const std::string wanted = checked_email(email).value_or("");
  GREENROOM_TRY(const auto user,
                core_->d.database.read([&](db::Transaction& tx) { return users::by_email(tx, wanted); }));
  // Somebody unknown costs as much time as somebody known.
  const bool right =
      crypto::verify_password(user && user->password_hash ? *user->password_hash : core_->nobodys_hash, password);
  if (!user || !user->password_hash || !right) {
    core_->login_failures.failed(who, now);
    core_->address_failures.failed(visit.address, now);
    return wrong_credentials();
  }
  core_->login_failures.succeeded(who);
  const auto& cost = core_->d.limits.password_cost;
  std::optional<std::string> renewed;
  if (crypto::needs_rehash(*user->password_hash, cost)) {
    GREENROOM_TRY(renewed, crypto::hash_password(password, cost));
  }
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<SignedIn> {
    if (renewed) GREENROOM_CHECK_OK(users::set_password_hash(tx, user->id, *renewed));
    GREENROOM_TRY(const auto home, members::oldest_home(tx, user->id));
    if (!home) return wrong_credentials();
    return core_->sign_in(tx, user->id, *home);
  });
}

base::Status People::logout(std::string_view cookie) {
  return core_->d.database.write([&](db::Transaction& tx) { return logins::remove(tx, hashed(cookie)); });
}

base::Result<UserActor> People::user_of(std::string_view cookie) {
  if (cookie.empty() || cookie.size() > cookie_bytes_max) return sign_in_first();
  return core_->d.database.read([&](db::Transaction& tx) -> base::Result<UserActor> {
    GREENROOM_TRY(const auto login, logins::find(tx, hashed(cookie)));
    if (!login || login->expires_at <= core_->now()) return sign_in_first();
    GREENROOM_TRY(const auto role, members::role(tx, login->workspace, login->user));
    if (!role) return sign_in_first();
    return UserActor{login->user, login->workspace, *role};
  });
}

base::Result<Account> People::me(const UserActor& actor) {
  return core_->d.database.read([&](db::Transaction& tx) { return core_->account(tx, actor.user, actor.workspace); });
}

}  // namespace greenroom::people
