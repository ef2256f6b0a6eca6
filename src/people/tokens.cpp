// What a login is carried by. An access token is a signed statement that is checked against the login's row at every
// use, so that a login that was ended has ended. A refresh token is the login's id and a secret, good for one use: each
// use makes the next of its family. The id lets us know the family of a token whose hash we have forgotten.
#include "crypto/encoding.hpp"
#include "crypto/token.hpp"
#include "people/detail/core.hpp"
#include "wire/json.hpp"

namespace greenroom::people {

namespace {

struct AccessClaims {
  UserId sub;
  LoginId lid;
  WorkspaceId wsp;
  std::int64_t iat = 0;
  std::int64_t exp = 0;
};
BOOST_DESCRIBE_STRUCT(AccessClaims, (), (sub, lid, wsp, iat, exp))

constexpr std::size_t refresh_secret_bytes = 32;
constexpr std::size_t id_bytes = sizeof(base::Uuid);

std::int64_t seconds_of(base::WallTime t) { return base::to_millis(t) / 1'000; }

std::string make_refresh(LoginId login, base::Rng& rng) {
  base::Bytes bytes(id_bytes + refresh_secret_bytes);
  std::copy(login.uuid().begin(), login.uuid().end(), bytes.begin());
  rng.fill(std::span(bytes).subspan(id_bytes));
  return crypto::to_base64url(bytes);
}

std::optional<LoginId> login_of_refresh(std::string_view token) {
  if (token.size() > 100) return std::nullopt;
  const auto bytes = crypto::from_base64url(token);
  if (!bytes || bytes->size() != id_bytes + refresh_secret_bytes) return std::nullopt;
  base::Uuid uuid;
  std::copy_n(bytes->begin(), id_bytes, uuid.begin());
  return LoginId(uuid);
}

std::optional<AccessClaims> claims_of(base::ByteView key, std::string_view token, base::WallTime now) {
  const auto text = crypto::verify_token(key, token, now);
  if (!text) return std::nullopt;
  const auto claims = wire::from_text<AccessClaims>(*text);
  return claims ? std::optional(*claims) : std::nullopt;
}

// When an access token says that it was made. Unverified: good for verifying it as of then.
std::optional<base::WallTime> made_at(std::string_view token) {
  const auto first = token.find('.'), last = token.rfind('.');
  if (token.size() > crypto::max_token_size || first == token.npos || first == last) return std::nullopt;
  const auto text = crypto::from_base64url(token.substr(first + 1, last - first - 1));
  const auto claims = text ? wire::from_text<AccessClaims>(base::as_text(*text)) : wire::JsonResult<AccessClaims>();
  constexpr std::int64_t year_9999 = 253'402'300'799;
  if (!text || !claims || claims->iat < 0 || claims->iat > year_9999) return std::nullopt;
  return base::wall_from_micros(claims->iat * 1'000'000);
}

}  // namespace

base::Result<Tokens> People::Core::issue(db::Transaction& tx, const LoginRow& login) const {
  Tokens tokens;
  tokens.access_life = d.limits.access_life;
  tokens.refresh_life = d.limits.login_life;
  const AccessClaims claims{login.user, login.id, login.workspace, seconds_of(now()),
                            seconds_of(now() + d.limits.access_life)};
  tokens.access = crypto::sign_token(access_key, wire::to_text(claims));
  tokens.refresh = make_refresh(login.id, d.rng);
  GREENROOM_CHECK_OK(refreshes::insert(tx, hashed(tokens.refresh), login.id, now()));
  return tokens;
}

base::Result<Tokens> People::refresh(std::string_view token, const Visit& visit) {
  const auto id = login_of_refresh(token);
  if (!id) return sign_in_first();
  const std::string hash = hashed(token);
  const base::WallTime now = core_->now();
  const auto& limits = core_->d.limits;
  // None: refused. What a stolen token causes has to be committed, so that is no error of the transaction.
  GREENROOM_TRY(auto tokens, core_->d.database.write([&](db::Transaction& tx) -> base::Result<std::optional<Tokens>> {
    GREENROOM_TRY(auto login, people::logins::find(tx, *id, now));
    if (!login) return std::nullopt;
    GREENROOM_TRY(const auto known, refreshes::find(tx, hash));
    const bool fresh =
        known && known->login == *id && (!known->replaced_at || now - *known->replaced_at <= limits.refresh_grace);
    if (!fresh) {
      GREENROOM_CHECK_OK(people::logins::remove(tx, login->user, *id));
      core_->tell_logins_ended(tx, login->user);
      GREENROOM_CHECK_OK(
          core_->audit(tx, {login->workspace, login->user, "login.token_reused", id->str(), "", visit.address}));
      return std::nullopt;
    }
    GREENROOM_CHECK_OK(refreshes::set_replaced(tx, hash, now));
    login->last_seen_at = now;
    login->expires_at = now + limits.login_life;
    login->address = visit.address;
    login->agent = visit.agent;
    GREENROOM_CHECK_OK(people::logins::touch(tx, *login));
    GREENROOM_TRY(auto made, core_->issue(tx, *login));
    GREENROOM_CHECK_OK(refreshes::forget(tx, *id, now - limits.refresh_memory, limits.live_refreshes_max));
    return made;
  }));
  if (!tokens) return sign_in_first();
  return *std::move(tokens);
}

std::optional<KnownTokens::Holder> KnownTokens::find(const std::string& access, base::WallTime now) {
  std::lock_guard guard(lock_);
  const auto found = holders_.find(access);
  if (found == holders_.end() || now >= found->second.until) return std::nullopt;
  return found->second;
}

void KnownTokens::keep(const std::string& access, const Holder& holder) {
  std::lock_guard guard(lock_);
  if (holders_.size() >= tokens_max) holders_.clear();
  holders_.insert_or_assign(access, holder);
}

base::Result<UserActor> People::user_of(std::string_view access) {
  const std::string token(access.substr(0, crypto::max_token_size + 1));
  const base::WallTime now = core_->now();
  auto holder = core_->known_tokens.find(token, now);
  if (!holder) {
    const auto claims = claims_of(core_->access_key, token, now);
    if (!claims) return sign_in_first();
    holder = {claims->sub, claims->lid, base::wall_from_micros(claims->exp * 1'000'000)};
    core_->known_tokens.keep(token, *holder);
  }
  GREENROOM_TRY(auto actor, core_->d.database.read(
                                [&](db::Transaction& tx) { return people::logins::actor(tx, holder->login, now); }));
  if (!actor || actor->user != holder->user) return sign_in_first();
  return *std::move(actor);
}

base::Result<bool> People::is_login(LoginId id) {
  return core_->d.database.read([&](db::Transaction& tx) -> base::Result<bool> {
    GREENROOM_TRY(const auto login, people::logins::find(tx, id, core_->now()));
    return login.has_value();
  });
}

base::Status People::logout(std::string_view access) {
  const auto then = made_at(access);
  const auto claims = then ? claims_of(core_->access_key, access, *then) : std::nullopt;
  if (!claims) return {};
  return core_->d.database.write([&](db::Transaction& tx) -> base::Status {
    GREENROOM_TRY(const auto login, people::logins::find(tx, claims->lid, core_->now()));
    if (!login) return {};
    GREENROOM_CHECK_OK(people::logins::remove(tx, login->user, login->id));
    core_->tell_logins_ended(tx, login->user);
    return core_->audit(tx, {login->workspace, login->user, "login.ended", login->id.str(), "", ""});
  });
}

}  // namespace greenroom::people
