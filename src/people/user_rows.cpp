#include "people/detail/rows.hpp"

namespace greenroom::people::users {

namespace {

UserRow read(db::Row& row) {
  UserRow user;
  row.into(user.id);
  row.into(user.name);
  row.into(user.email);
  row.into(user.password_hash);
  row.into(user.email_verified_at);
  row.into(user.created_at);
  return user;
}

}  // namespace

base::Result<bool> any(db::Transaction& tx) {
  return tx.rows("SELECT id FROM users LIMIT 1").map([](const auto& rows) { return !rows.empty(); });
}

base::Status replace_setup_token(db::Transaction& tx, std::string_view hash, base::WallTime now) {
  GREENROOM_CHECK_OK(clear_setup_tokens(tx));
  return done(tx.run("INSERT INTO setup_tokens (token_hash, created_at) VALUES ($1, $2)", {hash, now}));
}

base::Result<bool> has_setup_token(db::Transaction& tx, std::string_view hash) {
  return tx.rows("SELECT created_at FROM setup_tokens WHERE token_hash = $1", {hash}).map([](const auto& rows) {
    return !rows.empty();
  });
}

base::Status clear_setup_tokens(db::Transaction& tx) { return done(tx.run("DELETE FROM setup_tokens")); }

base::Status insert(db::Transaction& tx, const UserRow& user) {
  return done(
      tx.run("INSERT INTO users (id, name, email, password_hash, email_verified_at, created_at) "
             "VALUES ($1, $2, $3, $4, $5, $6)",
             {user.id, user.name, user.email, user.password_hash, user.email_verified_at, user.created_at}));
}

base::Result<std::optional<UserRow>> by_email(db::Transaction& tx, std::string_view email) {
  return tx.one(
      "SELECT id, name, COALESCE(email, ''), password_hash, email_verified_at, created_at FROM users WHERE email = $1",
      {email}, read);
}

base::Result<std::optional<UserRow>> find(db::Transaction& tx, UserId id) {
  return tx.one(
      "SELECT id, name, COALESCE(email, ''), password_hash, email_verified_at, created_at FROM users WHERE id = $1",
      {id}, read);
}

base::Status set_password_hash(db::Transaction& tx, UserId id, std::string_view hash) {
  return done(tx.run("UPDATE users SET password_hash = $2 WHERE id = $1", {id, hash}));
}

}  // namespace greenroom::people::users
