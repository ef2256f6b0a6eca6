#include "people/detail/core.hpp"

namespace greenroom::people {

base::Result<SignedIn> People::sign_in_with(const ProvenIdentity& identity, const Visit& visit) {
  const auto email = checked_email(identity.email);
  const std::string name = checked_text(identity.name, "name", core_->d.limits.name_chars_max)
                               .value_or(email ? email->substr(0, email->find('@')) : "");
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<SignedIn> {
    GREENROOM_TRY(const auto known, identities::find(tx, identity.issuer, identity.subject));
    if (known) return core_->sign_in(tx, *known, std::nullopt, visit);
    if (!email) return base::fail(error_field, "the provider gave no e-mail address", "email");
    ProvenIdentity kept = identity;
    kept.email = *email;
    GREENROOM_TRY(const auto same, users::by_email(tx, *email));
    // Both sides must have proven the address: otherwise one could take over an account by claiming its address at a
    // provider that does not check, or wait in an unproven account for its owner to come by a provider.
    if (same && !(identity.email_verified && same->email_verified_at)) {
      return base::fail(error_known_address, "this address has an account: sign in to it by its own means");
    }
    if (!same && !registration_open()) return base::fail(error_closed, "this studio takes people by invitation only");
    UserId user = same ? same->id : UserId();
    if (!same) {
      UserRow row;
      row.name = name;
      row.email = *email;
      if (identity.email_verified) row.email_verified_at = core_->now();
      GREENROOM_TRY(user, core_->make_user(tx, row));
    }
    GREENROOM_TRY(const auto home, core_->home_of(tx, user));
    GREENROOM_CHECK_OK(identities::insert(tx, kept, user, core_->now()));
    GREENROOM_CHECK_OK(core_->audit(
        tx, {home, user, same ? "identity.connected" : "account.made", user.str(), identity.issuer, visit.address}));
    return core_->sign_in(tx, user, home, visit);
  });
}

}  // namespace greenroom::people
