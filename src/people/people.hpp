// Accounts and workspaces: who somebody is, which workspaces they belong to and in what role, and what was done. app
// owns the one People of a process; its functions block (SQL, password hashes) and are called on the blocking pool from
// any thread. Errors are in people/errors.hpp. Invariants: secrets are stored as hashes only (what a second factor is
// computed from: sealed with the server's key); nothing said or timed tells a stranger whether an address has an
// account; a fact and its line in the audit log are one transaction; every workspace has an owner.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/log.hpp"
#include "base/rng.hpp"
#include "crypto/password.hpp"
#include "db/db.hpp"
#include "db/migrate.hpp"
#include "notify/post.hpp"
#include "people/errors.hpp"
#include "people/values.hpp"

namespace greenroom::people {

std::span<const db::Migration> migrations();

struct PeopleLimits {
  std::size_t name_chars_max = 80;
  std::size_t password_chars_min = 8;
  std::size_t password_chars_max = 256;
  crypto::PasswordCost password_cost = {};
  base::Duration access_life = std::chrono::minutes(10);
  base::Duration login_life = std::chrono::hours(24 * 30);      // since it was last refreshed
  base::Duration refresh_grace = std::chrono::seconds(30);      // two tabs may come with the same token
  base::Duration refresh_memory = std::chrono::hours(24);       // how long a used token is known by its hash
  std::int64_t live_refreshes_max = 16;                         // per login: what the grace leaves behind
  std::int64_t logins_max = 100;                                // per user; the longest unseen go
  base::Duration verify_life = std::chrono::hours(24);          // of the links in mails
  base::Duration reset_life = std::chrono::hours(1);            //
  base::Duration magic_life = std::chrono::minutes(15);         //
  base::Duration invitation_life = std::chrono::hours(24 * 7);  //
  base::Duration fresh_login = std::chrono::minutes(15);        // who has no password erases within this of signing in
  std::size_t recovery_codes = 10;
  std::size_t api_keys_max = 50;      // per user
  std::size_t workspaces_max = 50;    // per user
  std::int64_t members_max = 1'000;   // per workspace
  std::size_t invitations_max = 200;  // per workspace
  std::int64_t audit_page_max = 100;
  std::int64_t audit_exported_max = 10'000;
};

struct PeopleDependencies {
  db::Database& database;
  base::Bytes secret;  // the server's, >= 32 bytes
  std::function<base::WallTime()> clock;
  base::Rng& rng;  // thread-safe
  base::LogSink& log;
  notify::Post& post;
  std::function<std::string()> public_url;  // "https://studio.example", without a slash: links in mails begin with it
  bool registration_open = true;
  PeopleLimits limits = {};
};

// What goes with a person or a workspace in the modules above, in the transaction that is given.
struct PeopleHooks {
  // The name that is left where theirs stood.
  std::function<base::Status(db::Transaction&, UserId, std::string_view name)> erase_person;
  std::function<base::Status(db::Transaction&, WorkspaceId)> erase_workspace;
  // What is known of a person there: a JSON object as text.
  std::function<base::Result<std::string>(db::Transaction&, UserId)> export_person;
  // Some of their logins have ended: called after the commit.
  std::function<void(UserId)> logins_ended = {};
};

class People {
 public:
  explicit People(PeopleDependencies dependencies);
  ~People();
  void set_hooks(PeopleHooks hooks);  // before the first call

  // --- set-up (setup.cpp) ---
  base::Result<bool> setup_needed();
  // The token of the one-time link, made anew at each call while set-up is needed; none afterwards.
  base::Result<std::optional<std::string>> make_setup_token();
  base::Result<SignedIn> set_up(const NewOwner& owner, const Visit& visit);

  // --- logins (logins.cpp) ---
  // Unknown e-mail and wrong password look and last the same. With a second factor on and no code: error_code_needed.
  base::Result<SignedIn> login(const Credentials& credentials, const Visit& visit);
  // Ends the login of an access token, even of one that has expired; nothing happens where there is none.
  base::Status logout(std::string_view access);
  base::Result<Account> me(const UserActor& actor);
  base::Result<Account> rename(const UserActor& actor, std::string_view name);
  base::Result<std::vector<Login>> logins(const UserActor& actor);
  base::Status end_login(const UserActor& actor, LoginId id);

  // --- tokens (tokens.cpp) ---
  // A new pair for a refresh token. One that was replaced longer ago than the grace has been stolen, by the one who
  // shows it now or by the one before: the login ends.
  base::Result<Tokens> refresh(std::string_view token, const Visit& visit);
  base::Result<UserActor> user_of(std::string_view access);  // or error_sign_in
  base::Result<bool> is_login(LoginId id);                   // that has not ended

  // --- by mail (registration.cpp, mail_links.cpp) ---
  bool registration_open() const;
  // Always the same answer: the account comes to be when the link in the mail is followed.
  base::Status register_account(const NewAccount& account, const Visit& visit);
  // The letter of a registration once more, with a new link; the same answer where nothing waits. Where two different
  // registrations wait for one address none is sent: nobody's password comes in by another's asking.
  base::Status send_verification_again(std::string_view email, const Visit& visit);
  base::Result<SignedIn> verify_email(std::string_view token, const Visit& visit);
  base::Status forgot_password(std::string_view email, const Visit& visit);
  // Ends every other login. With a second factor on, `code` is asked for here as at a login.
  base::Result<SignedIn> reset_password(std::string_view token, std::string_view password,
                                        std::optional<std::string> code, const Visit& visit);
  base::Status send_magic_link(std::string_view email, const Visit& visit);
  base::Result<SignedIn> redeem_magic_link(std::string_view token, std::optional<std::string> code, const Visit& visit);
  // Ends every other login.
  base::Status change_password(const UserActor& actor, std::string_view current, std::string_view wanted);

  // --- by a provider (identities.cpp) ---
  // The user of this identity; of its verified address, which is connected by this; or a new one.
  base::Result<ProviderSignIn> sign_in_with(const ProvenIdentity& identity, const Visit& visit);

  // --- the second factor (two_factor.cpp) ---
  base::Result<TwoFactorSecret> begin_two_factor(const UserActor& actor);
  base::Result<RecoveryCodes> confirm_two_factor(const UserActor& actor, std::string_view code);
  base::Status remove_two_factor(const UserActor& actor, std::string_view code);

  // --- API keys (api_keys.cpp) ---
  base::Result<MadeApiKey> create_api_key(const UserActor& actor, const NewApiKey& key);
  base::Result<std::vector<ApiKey>> api_keys(const UserActor& actor);
  base::Status delete_api_key(const UserActor& actor, ApiKeyId id);
  base::Result<UserActor> user_of_key(std::string_view key);  // "gr_...", or error_sign_in

  // --- workspaces (workspaces.cpp) ---
  base::Result<std::vector<Workspace>> workspaces(const UserActor& actor);
  base::Result<WorkspaceDetail> create_workspace(const UserActor& actor, std::string_view name);
  base::Result<Account> switch_workspace(const UserActor& actor, WorkspaceId id);  // of this login
  base::Result<WorkspaceDetail> workspace(const UserActor& actor);
  base::Result<WorkspaceDetail> rename_workspace(const UserActor& actor, std::string_view name,
                                                 std::optional<std::uint64_t> expected_revision);

  // --- members (members.cpp): owners and admins manage them, only owners make and unmake owners ---
  base::Result<std::vector<Member>> members(const UserActor& actor);
  base::Result<Member> set_role(const UserActor& actor, UserId user, WorkspaceRole role);
  base::Status remove_member(const UserActor& actor, UserId user);  // oneself: leaving

  // --- invitations (invitations.cpp) ---
  base::Result<Invitation> invite(const UserActor& actor, std::string_view email, WorkspaceRole role);
  base::Result<std::vector<Invitation>> invitations(const UserActor& actor);
  base::Status withdraw_invitation(const UserActor& actor, InvitationId id);
  base::Result<InvitationBrief> invitation(std::string_view token);
  // Signed in, with the address that was invited: this login is then at that workspace.
  base::Result<Account> accept_invitation(const UserActor& actor, std::string_view token);
  // Without an account: makes it. The link has proven the address.
  base::Result<SignedIn> accept_invitation(std::string_view token, std::string_view name, std::string_view password,
                                           const Visit& visit);

  // --- the audit log (audit.cpp) ---
  base::Result<AuditPage> audit_log(const UserActor& actor, std::optional<std::uint32_t> limit,
                                    std::optional<std::string> cursor);

  // --- a person's data (person_data.cpp) ---
  base::Result<std::string> export_person(const UserActor& actor);  // JSON text
  // The account, its logins, keys and identities are gone, workspaces where nobody else is with all they have; what was
  // said and done with others stays, without a name.
  base::Status erase_person(const UserActor& actor, std::string_view password);

  // --- for the modules above, inside their transactions ---
  // A user as others may see them, or none.
  base::Result<std::optional<User>> user(db::Transaction& tx, UserId id);
  // One line of the audit log of the actor's workspace. `action`: "session.deleted"; `subject`: an id; `detail`: words
  // without names or addresses of people, since the log is never changed.
  base::Status audit(db::Transaction& tx, const UserActor& who, std::string_view action, std::string_view subject,
                     std::string_view detail = {});

  // About once a minute: forgets logins, links and invitations that have ended; seals what an earlier version left
  // open.
  base::Status tidy();

 private:
  struct Core;  // detail: what the use cases share (people/detail/core.hpp)
  std::unique_ptr<Core> core_;
};

}  // namespace greenroom::people
