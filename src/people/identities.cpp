// Signing in with an account elsewhere. What OidcClient (or another who asks a provider) has proven comes in; which
// user that is, is decided here.
#include "people/detail/core.hpp"

namespace greenroom::people {

// The person's own second factor stands behind the provider's: the way goes on over the page of a sign-in link, which
// asks for the code.
base::Result<ProviderSignIn> People::Core::enter(db::Transaction& tx, UserId id, const Visit& visit) const {
  GREENROOM_TRY(const auto user, users::find(tx, id));
  if (!user) return sign_in_first();
  ProviderSignIn out;
  if (user->two_factor) {
    const LinkRow link{{}, LinkPurpose::magic, user->email, id, {}, {}, {}};
    GREENROOM_TRY(out.link_token, make_link(tx, link, d.limits.magic_life));
  } else {
    GREENROOM_TRY(out.in, sign_in(tx, id, std::nullopt, visit));
  }
  return out;
}

// The user of an identity that is seen for the first time: of its address, or a new one.
base::Result<UserId> People::Core::connect(db::Transaction& tx, ProvenIdentity identity, const Visit& visit) const {
  GREENROOM_TRY(identity.email, checked_email(identity.email));
  const auto same = users::by_email(tx, identity.email);
  if (!same) return tl::unexpected(same.error());
  // Both sides must have proven the address: otherwise one could take over an account by claiming its address at a
  // provider that does not check, or wait in an unproven account for its owner to come by a provider.
  if (*same && !(*same)->email_verified_at)
    return base::fail(error_known_address, "this address has an account: sign in to it by its own means");
  if (!*same && !d.registration_open) return base::fail(error_closed, "this studio takes people by invitation only");
  UserId user;
  if (*same) {
    user = (*same)->id;
  } else {
    UserRow row;
    row.name = checked_text(identity.name, "name", d.limits.name_chars_max)
                   .value_or(identity.email.substr(0, identity.email.find('@')));
    row.email = identity.email;
    row.email_verified_at = now();
    GREENROOM_TRY(user, make_user(tx, row));
  }
  GREENROOM_TRY(const auto home, home_of(tx, user));
  GREENROOM_CHECK_OK(identities::insert(tx, identity, user, now()));
  GREENROOM_CHECK_OK(audit(
      tx, {home, user, *same ? "identity.connected" : "account.made", user.str(), identity.issuer, visit.address}));
  return user;
}

base::Result<ProviderSignIn> People::sign_in_with(const ProvenIdentity& identity, const Visit& visit) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<ProviderSignIn> {
    GREENROOM_TRY(const auto known, identities::find(tx, identity.issuer, identity.subject));
    if (known) return core_->enter(tx, *known, visit);
    // The same answer whether or not the address has an account; and nobody sits down on an address of somebody else.
    if (!identity.email_verified)
      return base::fail(error_unproven_address, "the provider does not say that your e-mail address is yours");
    GREENROOM_TRY(const auto user, core_->connect(tx, identity, visit));
    return core_->enter(tx, user, visit);
  });
}

}  // namespace greenroom::people
