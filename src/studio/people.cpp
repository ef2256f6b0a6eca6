#include "crypto/encoding.hpp"
#include "crypto/password.hpp"
#include "crypto/token.hpp"
#include "studio/detail/core.hpp"
#include "wire/json.hpp"

namespace greenroom::studio {

namespace {

struct ParticipantClaims {
  ParticipantId sub;
  SessionId sid;
  Role role = Role::speaker;
};
BOOST_DESCRIBE_STRUCT(ParticipantClaims, (), (sub, sid, role))

constexpr std::size_t cookie_bytes_max = 200;

std::string hashed(std::string_view secret) { return crypto::to_hex(crypto::sha256(base::as_bytes(secret))); }

tl::unexpected<base::Error> wrong_credentials() {
  return base::fail(error_credentials, "e-mail address or password is wrong");
}

base::Status check_password(std::string_view password, const StudioLimits& limits) {
  if (password.size() < limits.password_chars_min) {
    return base::fail(error_field, fmt::format("must have at least {} characters", limits.password_chars_min),
                      "password");
  }
  if (password.size() > limits.password_chars_max) {
    return base::fail(error_field, fmt::format("must have at most {} characters", limits.password_chars_max),
                      "password");
  }
  return {};
}

// A login of this user in this transaction; the cookie is in the answer and nowhere else.
base::Result<SignedIn> sign_in(db::Transaction& tx, const Account& account, std::string cookie, base::WallTime now,
                               base::WallTime expires_at) {
  GREENROOM_CHECK_OK(
      people::insert_login(tx, hashed(cookie), {account.user.id, account.workspace.id, expires_at}, now));
  return SignedIn{account, std::move(cookie), expires_at};
}

}  // namespace

base::Result<bool> Studio::setup_needed() {
  return core_->d.database.read([](db::Transaction& tx) { return people::any_user(tx); }).map([](bool any) {
    return !any;
  });
}

base::Result<std::optional<std::string>> Studio::make_setup_token() {
  const std::string token = core_->random_text(24);
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<std::optional<std::string>> {
    GREENROOM_TRY(const bool any, people::any_user(tx));
    if (any) return std::nullopt;
    GREENROOM_CHECK_OK(people::replace_setup_token(tx, hashed(token), core_->now()));
    return token;
  });
}

base::Result<SignedIn> Studio::set_up(const NewOwner& owner) {
  const auto& limits = core_->d.limits;
  Account account;
  GREENROOM_TRY(account.user.name, checked_text(owner.name, "name", limits.name_chars_max));
  GREENROOM_TRY(account.user.email, checked_email(owner.email));
  GREENROOM_CHECK_OK(check_password(owner.password, limits));
  const auto refuse = [&](db::Transaction& tx) -> base::Status {
    GREENROOM_TRY(const bool any, people::any_user(tx));
    if (any) return base::fail(error_setup_done, "this studio is already set up");
    GREENROOM_TRY(const bool known, people::has_setup_token(tx, hashed(owner.token)));
    if (!known) return base::fail(error_setup_token, "this set-up link is not valid");
    return {};
  };
  GREENROOM_CHECK_OK(core_->d.database.read(refuse));  // before the slow hash, and again with the right to write
  GREENROOM_TRY(const auto hash, crypto::hash_password(owner.password, limits.password_cost));
  const base::WallTime now = core_->now();
  account.user.id = UserId::make(now, core_->d.rng);
  account.workspace = {WorkspaceId::make(now, core_->d.rng), account.user.name + "'s studio"};
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<SignedIn> {
    GREENROOM_CHECK_OK(refuse(tx));
    GREENROOM_CHECK_OK(people::clear_setup_tokens(tx));
    GREENROOM_CHECK_OK(people::insert_workspace(tx, account.workspace, now));
    GREENROOM_CHECK_OK(people::insert_user(tx, {account.user, hash}, now));
    GREENROOM_CHECK_OK(people::insert_owner(tx, account.workspace.id, account.user.id));
    return sign_in(tx, account, core_->random_text(32), now, now + limits.login_life);
  });
}

base::Result<SignedIn> Studio::login(std::string_view email, std::string_view password, std::string_view address) {
  const base::WallTime now = core_->now();
  const std::string who = std::string(email.substr(0, 254)) + '\n' + std::string(address);
  if (!core_->login_failures.allowed(who, now) || !core_->address_failures.allowed(std::string(address), now)) {
    return base::fail(error_too_many, "too many attempts: try again in a few minutes");
  }
  const std::string wanted = checked_email(email).value_or("");
  GREENROOM_TRY(const auto user,
                core_->d.database.read([&](db::Transaction& tx) { return people::user_by_email(tx, wanted); }));
  // Somebody unknown costs as much time as somebody known.
  const bool right = crypto::verify_password(user ? user->password_hash : core_->nobodys_hash, password);
  if (!user || !right) {
    core_->login_failures.failed(who, now);
    core_->address_failures.failed(std::string(address), now);
    return wrong_credentials();
  }
  core_->login_failures.succeeded(who);
  const auto& cost = core_->d.limits.password_cost;
  std::optional<std::string> renewed;
  if (crypto::needs_rehash(user->password_hash, cost)) {
    GREENROOM_TRY(renewed, crypto::hash_password(password, cost));
  }
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<SignedIn> {
    if (renewed) GREENROOM_CHECK_OK(people::set_password_hash(tx, user->user.id, *renewed));
    GREENROOM_TRY(const auto home, people::workspace_of(tx, user->user.id));
    if (!home) return wrong_credentials();
    GREENROOM_TRY(const auto workspace, people::workspace(tx, *home));
    return sign_in(tx, {user->user, *workspace}, core_->random_text(32), now, now + core_->d.limits.login_life);
  });
}

base::Status Studio::logout(std::string_view cookie) {
  return core_->d.database.write([&](db::Transaction& tx) { return people::remove_login(tx, hashed(cookie)); });
}

base::Result<Actor> Studio::user_of(std::string_view cookie) {
  if (cookie.empty() || cookie.size() > cookie_bytes_max) return base::fail(error_sign_in, "sign in first");
  GREENROOM_TRY(const auto login,
                core_->d.database.read([&](db::Transaction& tx) { return people::login(tx, hashed(cookie)); }));
  if (!login || login->expires_at <= core_->now()) return base::fail(error_sign_in, "sign in first");
  return UserActor{login->user, login->workspace};
}

base::Result<Account> Studio::me(const Actor& actor) {
  const auto* who = std::get_if<UserActor>(&actor);
  if (!who) return base::fail(error_sign_in, "sign in first");
  return core_->d.database.read([&](db::Transaction& tx) -> base::Result<Account> {
    GREENROOM_TRY(const auto user, people::user(tx, who->user));
    GREENROOM_TRY(const auto workspace, people::workspace(tx, who->workspace));
    if (!user || !workspace) return base::fail(error_sign_in, "sign in first");
    return Account{*user, *workspace};
  });
}

base::Result<Actor> Studio::participant_of(std::string_view token) {
  auto text = crypto::verify_token(core_->token_key, token, core_->now());
  if (!text) return base::fail(error_token, "the participant token is not valid or has expired", text.error().what);
  GREENROOM_TRY(const auto json, wire::parse_json(*text));
  const auto claims = wire::from_json<ParticipantClaims>(json);
  if (!claims) return base::fail(error_token, "the participant token is not valid");
  return ParticipantActor{claims->sub, claims->sid, claims->role};
}

}  // namespace greenroom::studio
