// Accounts and workspaces: who somebody is, which workspaces they belong to and in what role, and what was done. app
// owns the one People of a process; its functions block (SQL, password hashes) and are called on the blocking pool from
// any thread. Errors are in people/errors.hpp. Invariants: secrets are stored as hashes only; nothing said or timed
// tells a stranger whether an address has an account; a fact and its line in the audit log are one transaction.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/log.hpp"
#include "base/rng.hpp"
#include "crypto/password.hpp"
#include "db/db.hpp"
#include "db/migrate.hpp"
#include "people/errors.hpp"
#include "people/values.hpp"

namespace greenroom::people {

std::span<const db::Migration> migrations();

struct PeopleLimits {
  std::size_t name_chars_max = 80;
  std::size_t password_chars_min = 8;
  std::size_t password_chars_max = 256;
  crypto::PasswordCost password_cost = {};
  base::Duration login_life = std::chrono::hours(24 * 30);
};

struct PeopleDependencies {
  db::Database& database;
  base::Bytes secret;  // the server's, >= 32 bytes
  std::function<base::WallTime()> clock;
  base::Rng& rng;  // thread-safe
  base::LogSink& log;
  PeopleLimits limits = {};
};

class People {
 public:
  explicit People(PeopleDependencies dependencies);
  ~People();

  // --- set-up (setup.cpp) ---
  base::Result<bool> setup_needed();
  // The token of the one-time link, made anew at each call while set-up is needed; none afterwards.
  base::Result<std::optional<std::string>> make_setup_token();
  base::Result<SignedIn> set_up(const NewOwner& owner, const Visit& visit);

  // --- logins (logins.cpp) ---
  // Unknown e-mail and wrong password look and last the same.
  base::Result<SignedIn> login(std::string_view email, std::string_view password, const Visit& visit);
  base::Status logout(std::string_view cookie);
  base::Result<UserActor> user_of(std::string_view cookie);  // or error_sign_in
  base::Result<Account> me(const UserActor& actor);

  // --- for the modules above, inside their transactions ---
  // A user as others may see them, or none.
  base::Result<std::optional<User>> user(db::Transaction& tx, UserId id);
  // One line of the audit log of the actor's workspace. `action`: "session.deleted"; `subject`: an id; `detail`: words
  // without names or addresses of people, since the log is never changed.
  base::Status audit(db::Transaction& tx, const UserActor& who, std::string_view action, std::string_view subject,
                     std::string_view detail = {});

  // About once a minute: forgets logins and links that have ended.
  base::Status tidy();

 private:
  struct Core;  // detail: what the use cases share (people/detail/core.hpp)
  std::unique_ptr<Core> core_;
};

}  // namespace greenroom::people
