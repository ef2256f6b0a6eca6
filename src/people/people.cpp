#include "people/people.hpp"

#include "base/assert.hpp"
#include "crypto/encoding.hpp"
#include "people/detail/core.hpp"

namespace greenroom::people {

namespace {

using std::chrono::hours;

constexpr AttemptLimits per_address{.failures_max = 50};
constexpr AttemptLimits mails_per_account{.failures_max = 5, .window = hours(1)};
constexpr AttemptLimits mails_per_address{.failures_max = 30, .window = hours(1)};

}  // namespace

std::string hashed(std::string_view secret) { return crypto::to_hex(crypto::sha256(base::as_bytes(secret))); }

tl::unexpected<base::Error> sign_in_first() { return base::fail(error_sign_in, "sign in first"); }

tl::unexpected<base::Error> wrong_credentials() {
  return base::fail(error_credentials, "e-mail address or password is wrong");
}

tl::unexpected<base::Error> too_many(base::Duration wait) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  return base::fail(error_too_many, fmt::format("too many attempts: try again in {} minutes", (seconds + 59) / 60),
                    std::to_string(seconds));
}

tl::unexpected<base::Error> dead_link() {
  return base::fail(error_link, "this link is not valid any more: ask for a new one");
}

People::Core::Core(PeopleDependencies deps)
    : d(std::move(deps)),
      access_key(crypto::hmac_sha256(d.secret, base::as_bytes("access token"))),
      factor_key(crypto::hmac_sha256(d.secret, base::as_bytes("second factor"))),
      nobodys_hash(crypto::hash_password("nobody's password", d.limits.password_cost).value_or("")),
      address_failures(per_address),
      account_mails(mails_per_account),
      address_mails(mails_per_address) {
  GREENROOM_ASSERT(d.secret.size() >= 32);
}

std::string People::Core::random_text(std::size_t bytes) const {
  base::Bytes random(bytes);
  d.rng.fill(random);
  return crypto::to_base64url(random);
}

base::Result<std::string> People::Core::hash_password(std::string_view password) const {
  const auto& limits = d.limits;
  if (password.size() < limits.password_chars_min) {
    return base::fail(error_field, fmt::format("must have at least {} characters", limits.password_chars_min),
                      "password");
  }
  if (password.size() > limits.password_chars_max) {
    return base::fail(error_field, fmt::format("must have at most {} characters", limits.password_chars_max),
                      "password");
  }
  return crypto::hash_password(password, limits.password_cost);
}

// Somebody unknown, or without a password, costs as much time as somebody known.
bool People::Core::password_is(const std::optional<UserRow>& user, std::string_view password) const {
  const bool has_one = user && user->password_hash;
  return crypto::verify_password(has_one ? *user->password_hash : nobodys_hash, password) && has_one;
}

base::Result<Account> People::Core::account(db::Transaction& tx, UserId id, WorkspaceId workspace) const {
  GREENROOM_TRY(const auto user, users::find(tx, id));
  GREENROOM_TRY(const auto home, workspaces::find(tx, workspace));
  GREENROOM_TRY(const auto role, members::role(tx, workspace, id));
  if (!user || !home || !role) return sign_in_first();
  return Account{shown(*user), {home->id, home->name, *role}};
}

People::People(PeopleDependencies dependencies) : core_(std::make_unique<Core>(std::move(dependencies))) {}

People::~People() = default;

void People::set_hooks(PeopleHooks hooks) { core_->hooks = std::move(hooks); }

base::Result<std::optional<User>> People::user(db::Transaction& tx, UserId id) {
  GREENROOM_TRY(const auto row, users::find(tx, id));
  return row ? std::optional(shown(*row)) : std::nullopt;
}

base::Status People::tidy() {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Status {
    const base::WallTime now = core_->now();
    GREENROOM_CHECK_OK(links::remove_ended(tx, now));
    GREENROOM_CHECK_OK(invitations::remove_ended(tx, now));
    GREENROOM_CHECK_OK(core_->seal_old_factors(tx));
    return people::logins::remove_ended(tx, now);
  });
}

}  // namespace greenroom::people
