#include "db/enum_column.hpp"
#include "people/detail/rows.hpp"

namespace greenroom::people {

namespace logins {

namespace {

LoginRow read(db::Row& row) {
  LoginRow login;
  row.into(login.id);
  row.into(login.user);
  row.into(login.workspace);
  row.into(login.created_at);
  row.into(login.last_seen_at);
  row.into(login.expires_at);
  row.into(login.address);
  row.into(login.agent);
  return login;
}

}  // namespace

base::Status insert(db::Transaction& tx, const LoginRow& login) {
  return done(
      tx.run("INSERT INTO logins (id, user_id, workspace_id, created_at, last_seen_at, expires_at, address, agent) "
             "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
             {login.id, login.user, login.workspace, login.created_at, login.last_seen_at, login.expires_at,
              login.address, login.agent}));
}

base::Result<std::optional<LoginRow>> find(db::Transaction& tx, LoginId id, base::WallTime now) {
  return tx.one(
      "SELECT id, user_id, workspace_id, created_at, last_seen_at, expires_at, address, agent FROM logins "
      "WHERE id = $1 AND expires_at > $2",
      {id, now}, read);
}

base::Result<std::optional<UserActor>> actor(db::Transaction& tx, LoginId id, base::WallTime now) {
  return tx.one(
      "SELECT l.user_id, l.workspace_id, m.role FROM logins l JOIN members m "
      "ON m.workspace_id = l.workspace_id AND m.user_id = l.user_id WHERE l.id = $1 AND l.expires_at > $2",
      {id, now}, [id](db::Row& row) {
        UserActor found;
        row.into(found.user);
        row.into(found.workspace);
        row.into(found.role);
        found.login = id;
        return found;
      });
}

base::Result<std::vector<LoginRow>> of_user(db::Transaction& tx, UserId user, base::WallTime now) {
  return tx.all(
      "SELECT id, user_id, workspace_id, created_at, last_seen_at, expires_at, address, agent FROM logins "
      "WHERE user_id = $1 AND expires_at > $2 ORDER BY last_seen_at DESC, id DESC",
      {user, now}, read);
}

base::Status touch(db::Transaction& tx, const LoginRow& login) {
  return done(tx.run("UPDATE logins SET last_seen_at = $2, expires_at = $3, address = $4, agent = $5 WHERE id = $1",
                     {login.id, login.last_seen_at, login.expires_at, login.address, login.agent}));
}

base::Status move(db::Transaction& tx, LoginId id, WorkspaceId to) {
  return done(tx.run("UPDATE logins SET workspace_id = $2 WHERE id = $1", {id, to}));
}

base::Status move_all(db::Transaction& tx, UserId user, WorkspaceId from, WorkspaceId to) {
  return done(tx.run("UPDATE logins SET workspace_id = $3 WHERE user_id = $1 AND workspace_id = $2", {user, from, to}));
}

base::Result<std::int64_t> remove(db::Transaction& tx, UserId user, LoginId id) {
  return tx.run("DELETE FROM logins WHERE user_id = $1 AND id = $2", {user, id});
}

base::Status remove_others(db::Transaction& tx, UserId user, LoginId kept) {
  return done(tx.run("DELETE FROM logins WHERE user_id = $1 AND id <> $2", {user, kept}));
}

base::Status keep_newest(db::Transaction& tx, UserId user, std::int64_t count) {
  return done(
      tx.run("DELETE FROM logins WHERE user_id = $1 AND id NOT IN "
             "(SELECT id FROM logins WHERE user_id = $1 ORDER BY last_seen_at DESC, id DESC LIMIT $2)",
             {user, count}));
}

base::Status remove_ended(db::Transaction& tx, base::WallTime now) {
  return done(tx.run("DELETE FROM logins WHERE expires_at <= $1", {now}));
}

}  // namespace logins

namespace refreshes {

base::Status insert(db::Transaction& tx, std::string_view hash, LoginId login, base::WallTime now) {
  return done(
      tx.run("INSERT INTO refresh_tokens (token_hash, login_id, created_at) VALUES ($1, $2, $3)", {hash, login, now}));
}

base::Result<std::optional<RefreshRow>> find(db::Transaction& tx, std::string_view hash) {
  return tx.one("SELECT login_id, replaced_at FROM refresh_tokens WHERE token_hash = $1", {hash}, [](db::Row& row) {
    RefreshRow found;
    row.into(found.login);
    row.into(found.replaced_at);
    return found;
  });
}

base::Status set_replaced(db::Transaction& tx, std::string_view hash, base::WallTime now) {
  return done(
      tx.run("UPDATE refresh_tokens SET replaced_at = $2 WHERE token_hash = $1 AND replaced_at IS NULL", {hash, now}));
}

base::Status forget(db::Transaction& tx, LoginId login, base::WallTime replaced_before, std::int64_t live_max) {
  GREENROOM_CHECK_OK(
      tx.run("DELETE FROM refresh_tokens WHERE login_id = $1 AND replaced_at IS NOT NULL AND replaced_at < $2",
             {login, replaced_before}));
  return done(
      tx.run("DELETE FROM refresh_tokens WHERE login_id = $1 AND replaced_at IS NULL AND token_hash NOT IN "
             "(SELECT token_hash FROM refresh_tokens WHERE login_id = $1 AND replaced_at IS NULL "
             "ORDER BY created_at DESC, token_hash LIMIT $2)",
             {login, live_max}));
}

}  // namespace refreshes

}  // namespace greenroom::people
