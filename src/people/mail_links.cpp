// Letters with links, and what following one does: a new password, a sign-in without one. A link is kept for an address
// whether or not somebody has it, so that asking costs the same; only the letter is left out.
#include "notify/letters.hpp"
#include "people/detail/core.hpp"

namespace greenroom::people {

base::Status People::Core::may_mail(const std::string& email, const Visit& visit) {
  if (const auto wait = account_mails.wait(email, now())) return too_many(*wait);
  if (const auto wait = address_mails.wait(visit.address, now())) return too_many(*wait);
  account_mails.failed(email, now());
  address_mails.failed(visit.address, now());
  return {};
}

std::string People::Core::url(std::string_view path, std::string_view token) const {
  return fmt::format("{}{}{}", d.public_url(), path, token);
}

base::Result<std::string> People::Core::make_link(db::Transaction& tx, LinkRow link, base::Duration life) const {
  const std::string token = random_text(mailed_token_bytes);
  link.hash = hashed(token);
  link.expires_at = now() + life;
  GREENROOM_CHECK_OK(links::insert(tx, link, now()));
  return token;
}

base::Result<LinkRow> People::Core::find_link(db::Transaction& tx, LinkPurpose purpose, std::string_view token) const {
  if (token.size() > mailed_token_chars_max) return dead_link();
  GREENROOM_TRY(auto link, links::find(tx, purpose, hashed(token), now()));
  if (!link) return dead_link();
  return *std::move(link);
}

// A mail that cannot be sent does not fail what it is about: who waits for it asks again.
void People::Core::send_after_commit(db::Transaction& tx, notify::Mail mail) const {
  tx.after_commit([this, mail = std::move(mail)] {
    if (const auto sent = d.post.send(mail); !sent) {
      d.log.error("people.mail", {{"code", sent.error().code.name}, {"error", sent.error().what}});
    }
  });
}

base::Status People::forgot_password(std::string_view text, const Visit& visit) {
  GREENROOM_TRY(const auto email, checked_email(text));
  GREENROOM_CHECK_OK(core_->may_mail(email, visit));
  const auto life = core_->d.limits.reset_life;
  return core_->d.database.write([&](db::Transaction& tx) -> base::Status {
    GREENROOM_TRY(const auto user, users::by_email(tx, email));
    const auto id = user ? std::optional(user->id) : std::nullopt;
    GREENROOM_TRY(const auto token, core_->make_link(tx, {{}, LinkPurpose::reset, email, id, {}, {}, {}}, life));
    if (user) core_->send_after_commit(tx, notify::reset_letter({email, core_->url("/reset?token=", token), life}));
    return {};
  });
}

base::Status People::send_magic_link(std::string_view text, const Visit& visit) {
  GREENROOM_TRY(const auto email, checked_email(text));
  GREENROOM_CHECK_OK(core_->may_mail(email, visit));
  const auto life = core_->d.limits.magic_life;
  return core_->d.database.write([&](db::Transaction& tx) -> base::Status {
    GREENROOM_TRY(const auto user, users::by_email(tx, email));
    const auto id = user ? std::optional(user->id) : std::nullopt;
    GREENROOM_TRY(const auto token, core_->make_link(tx, {{}, LinkPurpose::magic, email, id, {}, {}, {}}, life));
    if (user)
      core_->send_after_commit(tx, notify::magic_link_letter({email, core_->url("/magic?token=", token), life}));
    return {};
  });
}

base::Result<SignedIn> People::redeem_magic_link(std::string_view token, std::optional<std::string> code,
                                                 const Visit& visit) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<SignedIn> {
    GREENROOM_TRY(const auto link, core_->find_link(tx, LinkPurpose::magic, token));
    if (!link.user) return dead_link();
    GREENROOM_CHECK_OK(core_->second_factor(tx, *link.user, code));  // a missing code leaves the link good
    GREENROOM_CHECK_OK(links::remove(tx, LinkPurpose::magic, link.email));
    GREENROOM_CHECK_OK(users::set_verified(tx, *link.user, core_->now()));
    return core_->sign_in(tx, *link.user, std::nullopt, visit);
  });
}

base::Result<SignedIn> People::reset_password(std::string_view token, std::string_view password,
                                              std::optional<std::string> code, const Visit& visit) {
  const auto find = [&](db::Transaction& tx) { return core_->find_link(tx, LinkPurpose::reset, token); };
  GREENROOM_CHECK_OK(core_->d.database.read(find));  // before the slow hash, and again with the right to write
  GREENROOM_TRY(const auto hash, core_->hash_password(password));
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<SignedIn> {
    GREENROOM_TRY(const auto link, find(tx));
    if (!link.user) return dead_link();
    GREENROOM_CHECK_OK(core_->second_factor(tx, *link.user, code));
    GREENROOM_CHECK_OK(links::remove_of_address(tx, link.email));
    GREENROOM_CHECK_OK(users::set_password_hash(tx, *link.user, hash));
    GREENROOM_CHECK_OK(users::set_verified(tx, *link.user, core_->now()));
    GREENROOM_CHECK_OK(core_->end_logins(tx, *link.user, {}));
    GREENROOM_TRY(auto in, core_->sign_in(tx, *link.user, std::nullopt, visit));
    GREENROOM_CHECK_OK(
        core_->audit(tx, {in.account.workspace.id, link.user, "password.reset", link.user->str(), "", visit.address}));
    return in;
  });
}

base::Status People::change_password(const UserActor& actor, std::string_view current, std::string_view wanted) {
  const std::string who = actor.user.str() + '\n' + actor.address;
  if (const auto wait = core_->login_failures.wait(who, core_->now())) return too_many(*wait);
  GREENROOM_TRY(const auto user,
                core_->d.database.read([&](db::Transaction& tx) { return users::find(tx, actor.user); }));
  if (!core_->password_is(user, current)) {
    core_->login_failures.failed(who, core_->now());
    return base::fail(error_credentials, "the current password is wrong");
  }
  core_->login_failures.succeeded(who);
  GREENROOM_TRY(const auto hash, core_->hash_password(wanted));
  return core_->d.database.write([&](db::Transaction& tx) -> base::Status {
    GREENROOM_CHECK_OK(users::set_password_hash(tx, actor.user, hash));
    GREENROOM_CHECK_OK(core_->end_logins(tx, actor.user, actor.login));
    return core_->audit(tx, actor, "password.changed", actor.user.str());
  });
}

}  // namespace greenroom::people
