// A new account. Nothing of it exists before its address is proven, so nobody can hold an address that is not theirs;
// until then it waits in the row of the link.
#include "notify/letters.hpp"
#include "people/detail/core.hpp"

namespace greenroom::people {

bool People::registration_open() const { return core_->d.registration_open; }

base::Status People::register_account(const NewAccount& account, const Visit& visit) {
  if (!registration_open()) return base::fail(error_closed, "this studio takes people by invitation only");
  LinkRow link;
  GREENROOM_TRY(link.name, checked_text(account.name, "name", core_->d.limits.name_chars_max));
  GREENROOM_TRY(link.email, checked_email(account.email));
  GREENROOM_CHECK_OK(core_->may_mail(link.email, visit));
  GREENROOM_TRY(link.password_hash, core_->hash_password(account.password));
  const auto life = core_->d.limits.verify_life;
  return core_->d.database.write([&](db::Transaction& tx) -> base::Status {
    GREENROOM_TRY(const auto known, users::by_email(tx, link.email));
    GREENROOM_TRY(const auto token, core_->make_link(tx, link, life));  // of a known one nobody gets to see it
    core_->send_after_commit(
        tx, known ? notify::account_exists_letter(link.email, core_->url("/sign-in"))
                  : notify::verification_letter({link.email, core_->url("/verify?token=", token), life}));
    return {};
  });
}

// Who asks costs the same whether or not something waits: a link is made in any case, and goes where nobody sees it.
base::Status People::send_verification_again(std::string_view text, const Visit& visit) {
  if (!registration_open()) return base::fail(error_closed, "this studio takes people by invitation only");
  GREENROOM_TRY(const auto email, checked_email(text));
  GREENROOM_CHECK_OK(core_->may_mail(email, visit));
  const auto life = core_->d.limits.verify_life;
  return core_->d.database.write([&](db::Transaction& tx) -> base::Status {
    GREENROOM_TRY(const auto waiting, links::registrations(tx, email, core_->now()));
    GREENROOM_TRY(const auto known, users::by_email(tx, email));
    const bool sent = waiting.size() == 1 && !known;
    LinkRow link = sent ? waiting.front() : LinkRow{};
    link.email = email;
    GREENROOM_TRY(const auto token, core_->make_link(tx, std::move(link), life));
    if (sent)
      core_->send_after_commit(tx, notify::verification_letter({email, core_->url("/verify?token=", token), life}));
    return {};
  });
}

base::Result<SignedIn> People::verify_email(std::string_view token, const Visit& visit) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<SignedIn> {
    GREENROOM_TRY(const auto link, core_->find_link(tx, LinkPurpose::verify, token));
    GREENROOM_TRY(const auto known, users::by_email(tx, link.email));
    if (known) return dead_link();  // they came in by another way meanwhile
    GREENROOM_CHECK_OK(links::remove(tx, LinkPurpose::verify, link.email));
    UserRow user;
    user.name = link.name.value_or(link.email);
    user.email = link.email;
    user.password_hash = link.password_hash;
    user.email_verified_at = core_->now();
    GREENROOM_TRY(const auto id, core_->make_user(tx, user));
    GREENROOM_TRY(const auto home, core_->home_of(tx, id));
    GREENROOM_CHECK_OK(core_->audit(tx, {home, id, "account.made", id.str(), "", visit.address}));
    return core_->sign_in(tx, id, home, visit);
  });
}

}  // namespace greenroom::people
