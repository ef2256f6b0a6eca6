#include "people/detail/core.hpp"

namespace greenroom::people {

base::Result<bool> People::setup_needed() {
  return core_->d.database.read([](db::Transaction& tx) { return users::any(tx); }).map([](bool any) { return !any; });
}

base::Result<std::optional<std::string>> People::make_setup_token() {
  const std::string token = core_->random_text(24);
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<std::optional<std::string>> {
    GREENROOM_TRY(const bool any, users::any(tx));
    if (any) return std::nullopt;
    GREENROOM_CHECK_OK(users::replace_setup_token(tx, hashed(token), core_->now()));
    return token;
  });
}

base::Result<SignedIn> People::set_up(const NewOwner& owner, const Visit& visit) {
  UserRow user;
  GREENROOM_TRY(user.name, checked_text(owner.name, "name", core_->d.limits.name_chars_max));
  GREENROOM_TRY(user.email, checked_email(owner.email));
  const auto refuse = [&](db::Transaction& tx) -> base::Status {
    GREENROOM_TRY(const bool any, users::any(tx));
    if (any) return base::fail(error_setup_done, "this studio is already set up");
    GREENROOM_TRY(const bool known, users::has_setup_token(tx, hashed(owner.token)));
    if (!known) return base::fail(error_setup_token, "this set-up link is not valid");
    return {};
  };
  GREENROOM_CHECK_OK(core_->d.database.read(refuse));  // before the slow hash, and again with the right to write
  GREENROOM_TRY(user.password_hash, core_->hash_password(owner.password));
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<SignedIn> {
    GREENROOM_CHECK_OK(refuse(tx));
    GREENROOM_CHECK_OK(users::clear_setup_tokens(tx));
    GREENROOM_TRY(const auto id, core_->make_user(tx, user));
    GREENROOM_TRY(const auto home, core_->home_of(tx, id));
    GREENROOM_CHECK_OK(core_->audit(tx, {home, id, "workspace.set_up", home.str(), "", visit.address}));
    return core_->sign_in(tx, id, home, visit);
  });
}

}  // namespace greenroom::people
