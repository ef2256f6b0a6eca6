#include "people/detail/rows.hpp"

namespace greenroom::people::logins {

base::Status insert(db::Transaction& tx, std::string_view hash, const LoginRow& login, base::WallTime now) {
  return done(tx.run(
      "INSERT INTO logins (token_hash, user_id, workspace_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
      {hash, login.user, login.workspace, now, login.expires_at}));
}

base::Result<std::optional<LoginRow>> find(db::Transaction& tx, std::string_view hash) {
  return tx.one("SELECT user_id, workspace_id, expires_at FROM logins WHERE token_hash = $1", {hash}, [](db::Row& row) {
    LoginRow login;
    row.into(login.user);
    row.into(login.workspace);
    row.into(login.expires_at);
    return login;
  });
}

base::Status remove(db::Transaction& tx, std::string_view hash) {
  return done(tx.run("DELETE FROM logins WHERE token_hash = $1", {hash}));
}

base::Status remove_ended(db::Transaction& tx, base::WallTime now) {
  return done(tx.run("DELETE FROM logins WHERE expires_at <= $1", {now}));
}

}  // namespace greenroom::people::logins
