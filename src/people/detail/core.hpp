// What the use cases share: dependencies, derived keys, limits on attempts. One per People; thread-safe as nothing in
// it changes but Attempts.
#pragma once
#include <string>

#include "crypto/hash.hpp"
#include "people/attempts.hpp"
#include "people/detail/rows.hpp"
#include "people/people.hpp"
#include "people/text.hpp"

namespace greenroom::people {

struct People::Core {
  explicit Core(PeopleDependencies deps);

  const PeopleDependencies d;
  const std::string nobodys_hash;  // a password hash that takes as long to check as a real one
  Attempts login_failures;
  Attempts address_failures;

  base::WallTime now() const { return d.clock(); }
  std::string random_text(std::size_t bytes) const;
  base::Status check_password(std::string_view password) const;  // error_field
  base::Result<Account> account(db::Transaction& tx, UserId user, WorkspaceId workspace) const;
  // A login in this transaction; the cookie is in the answer and nowhere else.
  base::Result<SignedIn> sign_in(db::Transaction& tx, UserId user, WorkspaceId workspace) const;
  base::Status audit(db::Transaction& tx, const AuditRow& line) const;
};

std::string hashed(std::string_view secret);  // as secrets are stored
tl::unexpected<base::Error> sign_in_first();

}  // namespace greenroom::people
