#include "people/people.hpp"

#include "base/assert.hpp"
#include "crypto/encoding.hpp"
#include "people/detail/core.hpp"

namespace greenroom::people {

namespace {

constexpr AttemptLimits per_address{.failures_max = 50};

}  // namespace

std::string hashed(std::string_view secret) { return crypto::to_hex(crypto::sha256(base::as_bytes(secret))); }

tl::unexpected<base::Error> sign_in_first() { return base::fail(error_sign_in, "sign in first"); }

People::Core::Core(PeopleDependencies deps)
    : d(std::move(deps)),
      nobodys_hash(crypto::hash_password("nobody's password", d.limits.password_cost).value_or("")),
      address_failures(per_address) {
  GREENROOM_ASSERT(d.secret.size() >= 32);
}

std::string People::Core::random_text(std::size_t bytes) const {
  base::Bytes random(bytes);
  d.rng.fill(random);
  return crypto::to_base64url(random);
}

base::Status People::Core::check_password(std::string_view password) const {
  const auto& limits = d.limits;
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

base::Result<Account> People::Core::account(db::Transaction& tx, UserId id, WorkspaceId workspace) const {
  GREENROOM_TRY(auto user, users::find(tx, id));
  GREENROOM_TRY(auto home, workspaces::find(tx, workspace));
  GREENROOM_TRY(const auto role, members::role(tx, workspace, id));
  if (!user || !home || !role) return sign_in_first();
  return Account{{user->id, user->name, user->email, user->email_verified_at.has_value(), false},
                 {home->id, home->name, *role}};
}

People::People(PeopleDependencies dependencies) : core_(std::make_unique<Core>(std::move(dependencies))) {}

People::~People() = default;

base::Result<std::optional<User>> People::user(db::Transaction& tx, UserId id) {
  GREENROOM_TRY(auto row, users::find(tx, id));
  if (!row) return std::nullopt;
  return User{row->id, row->name, row->email, row->email_verified_at.has_value(), false};
}

base::Status People::tidy() {
  return core_->d.database.write([&](db::Transaction& tx) { return logins::remove_ended(tx, core_->now()); });
}

}  // namespace greenroom::people
