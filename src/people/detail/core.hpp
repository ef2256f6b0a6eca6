// What the use cases share: dependencies, derived keys, limits on attempts, and the steps that several of them end in.
// One per People; thread-safe as nothing in it changes but Attempts and KnownTokens.
#pragma once
#include <string>

#include "crypto/hash.hpp"
#include "people/attempts.hpp"
#include "people/detail/known_tokens.hpp"
#include "people/detail/rows.hpp"
#include "people/people.hpp"
#include "people/text.hpp"

namespace greenroom::people {

struct People::Core {
  explicit Core(PeopleDependencies deps);

  const PeopleDependencies d;
  const crypto::Sha256Digest access_key;  // of access tokens
  const crypto::Sha256Digest factor_key;  // of second factors' secrets, as they are stored
  const std::string nobodys_hash;         // a password hash that takes as long to check as a real one
  PeopleHooks hooks;
  KnownTokens known_tokens;
  Attempts login_failures;    // per account and address
  Attempts address_failures;  // per address
  Attempts code_failures;     // per user: second factors
  Attempts account_mails;     // per mail address: letters that a stranger can cause
  Attempts address_mails;     // per address

  base::WallTime now() const { return d.clock(); }
  std::string random_text(std::size_t bytes) const;
  base::Result<std::string> hash_password(std::string_view password) const;  // error_field: too short, too long
  bool password_is(const std::optional<UserRow>& user, std::string_view password) const;

  // --- logins (logins.cpp, tokens.cpp) ---
  base::Result<Account> account(db::Transaction& tx, UserId user, WorkspaceId workspace) const;
  // A login in this transaction; the tokens are in the answer and nowhere else. Without a workspace: the oldest home.
  base::Result<SignedIn> sign_in(db::Transaction& tx, UserId user, std::optional<WorkspaceId> workspace,
                                 const Visit& visit) const;
  base::Result<Tokens> issue(db::Transaction& tx, const LoginRow& login) const;
  // A workspace of the user; who has none gets one.
  base::Result<WorkspaceId> home_of(db::Transaction& tx, UserId user) const;
  base::Result<WorkspaceId> make_workspace(db::Transaction& tx, UserId owner, std::string name) const;
  // Makes the user, with a verified address.
  base::Result<UserId> make_user(db::Transaction& tx, UserRow user) const;
  base::Status end_logins(db::Transaction& tx, UserId user, LoginId kept) const;
  void tell_logins_ended(db::Transaction& tx, UserId user) const;  // after the commit

  // --- the second factor (two_factor.cpp) ---
  std::string sealed_factor(UserId user, std::string_view secret) const;
  base::Result<std::string> opened_factor(UserId user, const std::string& stored) const;
  base::Status seal_old_factors(db::Transaction& tx) const;
  base::Result<std::optional<std::uint64_t>> step_of(UserId user, const TwoFactorRow& row, std::string_view code) const;
  // ok where it is off. A code that is right is used up in this transaction.
  base::Status second_factor(db::Transaction& tx, UserId user, const std::optional<std::string>& code);

  // --- by a provider (identities.cpp) ---
  base::Result<ProviderSignIn> enter(db::Transaction& tx, UserId user, const Visit& visit) const;
  base::Result<UserId> connect(db::Transaction& tx, ProvenIdentity identity, const Visit& visit) const;

  // --- mails (mail_links.cpp) ---
  base::Status may_mail(const std::string& email, const Visit& visit);  // counts; error_too_many
  // Keeps a link and answers its token.
  base::Result<std::string> make_link(db::Transaction& tx, LinkRow link, base::Duration life) const;
  base::Result<LinkRow> find_link(db::Transaction& tx, LinkPurpose purpose, std::string_view token) const;
  void send_after_commit(db::Transaction& tx, notify::Mail mail) const;
  std::string url(std::string_view path, std::string_view token = {}) const;

  // --- a person's data (person_data.cpp) ---
  base::Status prove(const UserActor& actor, std::string_view password);
  base::Status erase_from(db::Transaction& tx, UserId user, const Workspace& home) const;

  // --- rights, members ---
  base::Status must_manage(const UserActor& actor) const;
  base::Status leave(db::Transaction& tx, UserId user, WorkspaceId workspace) const;
  base::Status accept(db::Transaction& tx, const InvitationRow& row, UserId user, const std::string& address) const;

  base::Status audit(db::Transaction& tx, const AuditRow& line) const;
  base::Status audit(db::Transaction& tx, const UserActor& who, std::string_view action, std::string_view subject,
                     std::string_view detail = {}) const;
};

std::string hashed(std::string_view secret);  // as secrets are stored
tl::unexpected<base::Error> sign_in_first();
tl::unexpected<base::Error> wrong_credentials();
tl::unexpected<base::Error> too_many(base::Duration wait);
// Of the links in letters: how long, and how long what somebody sends in its place may be.
inline constexpr std::size_t mailed_token_bytes = 32, mailed_token_chars_max = 100;
tl::unexpected<base::Error> dead_link();
// ok for every other role.
base::Status not_the_last_owner(db::Transaction& tx, WorkspaceId workspace, WorkspaceRole role);

}  // namespace greenroom::people
