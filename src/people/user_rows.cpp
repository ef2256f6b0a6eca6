#include "people/detail/rows.hpp"

namespace greenroom::people {

namespace users {

namespace {

constexpr std::string_view by_email_sql =
    "SELECT u.id, u.name, COALESCE(u.email, ''), u.password_hash, u.email_verified_at, u.created_at, "
    "t.confirmed_at FROM users u LEFT JOIN two_factor t ON t.user_id = u.id WHERE u.email = $1";
constexpr std::string_view by_id_sql =
    "SELECT u.id, u.name, COALESCE(u.email, ''), u.password_hash, u.email_verified_at, u.created_at, "
    "t.confirmed_at FROM users u LEFT JOIN two_factor t ON t.user_id = u.id WHERE u.id = $1";

UserRow read(db::Row& row) {
  UserRow user;
  row.into(user.id);
  row.into(user.name);
  row.into(user.email);
  row.into(user.password_hash);
  row.into(user.email_verified_at);
  row.into(user.created_at);
  user.two_factor = row.next<std::optional<base::WallTime>>().has_value();
  return user;
}

}  // namespace

base::Result<bool> any(db::Transaction& tx) { return tx.any("SELECT id FROM users LIMIT 1"); }

base::Status replace_setup_token(db::Transaction& tx, std::string_view hash, base::WallTime now) {
  GREENROOM_CHECK_OK(clear_setup_tokens(tx));
  return done(tx.run("INSERT INTO setup_tokens (token_hash, created_at) VALUES ($1, $2)", {hash, now}));
}

base::Result<bool> has_setup_token(db::Transaction& tx, std::string_view hash) {
  return tx.any("SELECT created_at FROM setup_tokens WHERE token_hash = $1", {hash});
}

base::Status clear_setup_tokens(db::Transaction& tx) { return done(tx.run("DELETE FROM setup_tokens")); }

base::Status insert(db::Transaction& tx, const UserRow& user) {
  return done(
      tx.run("INSERT INTO users (id, name, email, password_hash, email_verified_at, created_at) "
             "VALUES ($1, $2, $3, $4, $5, $6)",
             {user.id, user.name, user.email, user.password_hash, user.email_verified_at, user.created_at}));
}

base::Result<std::optional<UserRow>> by_email(db::Transaction& tx, std::string_view email) {
  return tx.one(by_email_sql, {email}, read);
}

base::Result<std::optional<UserRow>> find(db::Transaction& tx, UserId id) { return tx.one(by_id_sql, {id}, read); }

base::Status set_password_hash(db::Transaction& tx, UserId id, std::string_view hash) {
  return done(tx.run("UPDATE users SET password_hash = $2 WHERE id = $1", {id, hash}));
}

base::Status set_name(db::Transaction& tx, UserId id, std::string_view name) {
  return done(tx.run("UPDATE users SET name = $2 WHERE id = $1", {id, name}));
}

base::Status set_verified(db::Transaction& tx, UserId id, base::WallTime now) {
  return done(tx.run("UPDATE users SET email_verified_at = $2 WHERE id = $1 AND email_verified_at IS NULL", {id, now}));
}

base::Status erase(db::Transaction& tx, UserId id, std::string_view name, base::WallTime now) {
  return done(
      tx.run("UPDATE users SET name = $2, email = NULL, password_hash = NULL, email_verified_at = NULL, "
             "erased_at = $3 WHERE id = $1",
             {id, name, now}));
}

}  // namespace users

namespace identities {

base::Result<std::optional<UserId>> find(db::Transaction& tx, std::string_view issuer, std::string_view subject) {
  return tx.scalar<UserId>("SELECT user_id FROM identities WHERE issuer = $1 AND subject = $2", {issuer, subject});
}

base::Status insert(db::Transaction& tx, const ProvenIdentity& identity, UserId user, base::WallTime now) {
  return done(tx.run("INSERT INTO identities (issuer, subject, user_id, email, created_at) VALUES ($1, $2, $3, $4, $5)",
                     {identity.issuer, identity.subject, user, identity.email, now}));
}

base::Result<std::vector<ProvenIdentity>> of_user(db::Transaction& tx, UserId user) {
  return tx.all("SELECT issuer, subject, email FROM identities WHERE user_id = $1 ORDER BY issuer, subject", {user},
                [](db::Row& row) {
                  ProvenIdentity identity;
                  row.into(identity.issuer);
                  row.into(identity.subject);
                  row.into(identity.email);
                  return identity;
                });
}

base::Status remove_of_user(db::Transaction& tx, UserId user) {
  return done(tx.run("DELETE FROM identities WHERE user_id = $1", {user}));
}

}  // namespace identities

}  // namespace greenroom::people
