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
  GREENROOM_CHECK_OK(core_->check_password(owner.password));
  const auto refuse = [&](db::Transaction& tx) -> base::Status {
    GREENROOM_TRY(const bool any, users::any(tx));
    if (any) return base::fail(error_setup_done, "this studio is already set up");
    GREENROOM_TRY(const bool known, users::has_setup_token(tx, hashed(owner.token)));
    if (!known) return base::fail(error_setup_token, "this set-up link is not valid");
    return {};
  };
  GREENROOM_CHECK_OK(core_->d.database.read(refuse));  // before the slow hash, and again with the right to write
  GREENROOM_TRY(user.password_hash, crypto::hash_password(owner.password, core_->d.limits.password_cost));
  user.created_at = core_->now();
  user.id = UserId::make(user.created_at, core_->d.rng);
  const WorkspaceRow home{WorkspaceId::make(user.created_at, core_->d.rng), user.name + "'s studio", user.created_at};
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<SignedIn> {
    GREENROOM_CHECK_OK(refuse(tx));
    GREENROOM_CHECK_OK(users::clear_setup_tokens(tx));
    GREENROOM_CHECK_OK(workspaces::insert(tx, home));
    GREENROOM_CHECK_OK(users::insert(tx, user));
    GREENROOM_CHECK_OK(members::insert(tx, home.id, user.id, WorkspaceRole::owner, user.created_at));
    GREENROOM_CHECK_OK(core_->audit(tx, {home.id, user.id, "workspace.set_up", home.id.str(), "", visit.address}));
    return core_->sign_in(tx, user.id, home.id);
  });
}

}  // namespace greenroom::people
