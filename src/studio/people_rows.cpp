#include "db/enum_column.hpp"
#include "studio/detail/rows.hpp"

namespace greenroom::studio::people {

namespace {

base::Status done(base::Result<std::int64_t> changed) {
  return changed.map([](std::int64_t) {});
}

User read_user(db::Row& row) {
  User user;
  row.into(user.id);
  row.into(user.name);
  row.into(user.email);
  return user;
}

}  // namespace

base::Result<bool> any_user(db::Transaction& tx) {
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

base::Status insert_workspace(db::Transaction& tx, const Workspace& workspace, base::WallTime now) {
  return done(
      tx.run("INSERT INTO workspaces (id, name, created_at) VALUES ($1, $2, $3)", {workspace.id, workspace.name, now}));
}

base::Status insert_user(db::Transaction& tx, const UserRow& row, base::WallTime now) {
  return done(tx.run("INSERT INTO users (id, name, email, password_hash, created_at) VALUES ($1, $2, $3, $4, $5)",
                     {row.user.id, row.user.name, row.user.email, row.password_hash, now}));
}

base::Status insert_owner(db::Transaction& tx, WorkspaceId workspace, UserId user) {
  return done(tx.run("INSERT INTO members (workspace_id, user_id, role) VALUES ($1, $2, 'owner')", {workspace, user}));
}

base::Result<std::optional<UserRow>> user_by_email(db::Transaction& tx, std::string_view email) {
  return tx.one("SELECT id, name, email, password_hash FROM users WHERE email = $1", {email}, [](db::Row& row) {
    User user = read_user(row);
    return UserRow{std::move(user), row.next<std::string>()};
  });
}

base::Result<std::optional<User>> user(db::Transaction& tx, UserId id) {
  return tx.one("SELECT id, name, email FROM users WHERE id = $1", {id}, read_user);
}

base::Status set_password_hash(db::Transaction& tx, UserId id, std::string_view hash) {
  return done(tx.run("UPDATE users SET password_hash = $2 WHERE id = $1", {id, hash}));
}

base::Result<std::optional<Workspace>> workspace(db::Transaction& tx, WorkspaceId id) {
  return tx.one("SELECT id, name FROM workspaces WHERE id = $1", {id}, [](db::Row& row) {
    Workspace found;
    row.into(found.id);
    row.into(found.name);
    return found;
  });
}

base::Result<std::optional<WorkspaceId>> workspace_of(db::Transaction& tx, UserId user) {
  return tx.scalar<WorkspaceId>("SELECT workspace_id FROM members WHERE user_id = $1 ORDER BY workspace_id LIMIT 1",
                                {user});
}

base::Status insert_login(db::Transaction& tx, std::string_view hash, const LoginRow& login, base::WallTime now) {
  return done(tx.run(
      "INSERT INTO logins (token_hash, user_id, workspace_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
      {hash, login.user, login.workspace, now, login.expires_at}));
}

base::Result<std::optional<LoginRow>> login(db::Transaction& tx, std::string_view hash) {
  return tx.one("SELECT user_id, workspace_id, expires_at FROM logins WHERE token_hash = $1", {hash}, [](db::Row& row) {
    LoginRow login;
    row.into(login.user);
    row.into(login.workspace);
    row.into(login.expires_at);
    return login;
  });
}

base::Status remove_login(db::Transaction& tx, std::string_view hash) {
  return done(tx.run("DELETE FROM logins WHERE token_hash = $1", {hash}));
}

base::Status remove_ended_logins(db::Transaction& tx, base::WallTime now) {
  return done(tx.run("DELETE FROM logins WHERE expires_at <= $1", {now}));
}

}  // namespace greenroom::studio::people
