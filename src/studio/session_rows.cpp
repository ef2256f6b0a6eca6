#include "db/enum_column.hpp"
#include "studio/detail/rows.hpp"

namespace greenroom::studio {

namespace {

base::Status done(base::Result<std::int64_t> changed) {
  return changed.map([](std::int64_t) {});
}

}  // namespace

namespace sessions {

namespace {

constexpr std::string_view columns =
    "id, workspace_id, title, kind, state, created_by, created_at, scheduled_at, entered_at";

SessionRow read(db::Row& row) {
  SessionRow session;
  row.into(session.id);
  row.into(session.workspace);
  row.into(session.title);
  row.into(session.kind);
  row.into(session.state);
  row.into(session.created_by);
  row.into(session.created_at);
  row.into(session.scheduled_at);
  row.into(session.entered_at);
  return session;
}

std::string select(std::string_view rest) { return fmt::format("SELECT {} FROM sessions WHERE {}", columns, rest); }

}  // namespace

base::Status insert(db::Transaction& tx, const SessionRow& session) {
  static const std::string sql =
      fmt::format("INSERT INTO sessions ({}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", columns);
  return done(tx.run(sql, {session.id, session.workspace, session.title, session.kind, session.state,
                           session.created_by, session.created_at, session.scheduled_at, session.entered_at}));
}

base::Result<std::optional<SessionRow>> find(db::Transaction& tx, SessionId id) {
  static const std::string sql = select("id = $1");
  return tx.one(sql, {id}, read);
}

base::Result<std::vector<SessionRow>> page(db::Transaction& tx, WorkspaceId workspace, const std::string& before,
                                           std::size_t limit) {
  static const std::string first = select("workspace_id = $1 ORDER BY id DESC LIMIT $2");
  static const std::string next = select("workspace_id = $1 AND id < $3 ORDER BY id DESC LIMIT $2");
  return tx.all(before.empty() ? first : next, {workspace, limit, before}, read);
}

base::Status rename(db::Transaction& tx, SessionId id, std::string_view title) {
  return done(tx.run("UPDATE sessions SET title = $2 WHERE id = $1", {id, title}));
}

base::Status set_state(db::Transaction& tx, SessionId id, SessionState state) {
  return done(tx.run("UPDATE sessions SET state = $2 WHERE id = $1", {id, state}));
}

base::Status set_entered(db::Transaction& tx, SessionId id, base::WallTime now) {
  return done(tx.run("UPDATE sessions SET entered_at = $2 WHERE id = $1 AND entered_at IS NULL", {id, now}));
}

base::Status remove(db::Transaction& tx, SessionId id) {
  // Stems and assets name participants, so they go first; the rest follows the session by its foreign keys.
  GREENROOM_CHECK_OK(tx.run("DELETE FROM takes WHERE session_id = $1", {id}));
  return done(tx.run("DELETE FROM sessions WHERE id = $1", {id}));
}

base::Status insert_invite(db::Transaction& tx, std::string_view token, const InviteRow& invite, base::WallTime now) {
  return done(tx.run("INSERT INTO invites (token, session_id, role, created_at) VALUES ($1, $2, $3, $4)",
                     {token, invite.session, invite.role, now}));
}

base::Result<std::optional<std::string>> invite_token(db::Transaction& tx, SessionId id) {
  return tx.scalar<std::string>("SELECT token FROM invites WHERE session_id = $1 ORDER BY created_at LIMIT 1", {id});
}

base::Result<std::optional<InviteRow>> invite(db::Transaction& tx, std::string_view token) {
  return tx.one("SELECT session_id, role FROM invites WHERE token = $1", {token}, [](db::Row& row) {
    InviteRow invite;
    row.into(invite.session);
    row.into(invite.role);
    return invite;
  });
}

}  // namespace sessions

namespace participants {

namespace {

constexpr std::string_view columns = "id, session_id, user_id, name, role, joined_at, left_at, present";

ParticipantRow read(db::Row& row) {
  ParticipantRow participant;
  row.into(participant.id);
  row.into(participant.session);
  row.into(participant.user);
  row.into(participant.name);
  row.into(participant.role);
  row.into(participant.joined_at);
  row.into(participant.left_at);
  row.into(participant.present);
  return participant;
}

std::string select(std::string_view rest) { return fmt::format("SELECT {} FROM participants WHERE {}", columns, rest); }

}  // namespace

base::Status insert(db::Transaction& tx, const ParticipantRow& row) {
  static const std::string sql =
      fmt::format("INSERT INTO participants ({}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", columns);
  return done(
      tx.run(sql, {row.id, row.session, row.user, row.name, row.role, row.joined_at, row.left_at, row.present}));
}

base::Result<std::optional<ParticipantRow>> find(db::Transaction& tx, ParticipantId id) {
  static const std::string sql = select("id = $1");
  return tx.one(sql, {id}, read);
}

base::Result<std::optional<ParticipantRow>> of_user(db::Transaction& tx, SessionId session, UserId user) {
  static const std::string sql = select("session_id = $1 AND user_id = $2 ORDER BY joined_at LIMIT 1");
  return tx.one(sql, {session, user}, read);
}

base::Result<std::vector<ParticipantRow>> of_session(db::Transaction& tx, SessionId session) {
  static const std::string sql = select("session_id = $1 ORDER BY joined_at, id");
  return tx.all(sql, {session}, read);
}

base::Status rename(db::Transaction& tx, ParticipantId id, std::string_view name) {
  return done(tx.run("UPDATE participants SET name = $2 WHERE id = $1", {id, name}));
}

base::Status set_present(db::Transaction& tx, ParticipantId id, bool present, base::WallTime now) {
  const std::optional<base::WallTime> left = present ? std::nullopt : std::optional(now);
  return done(tx.run("UPDATE participants SET present = $2, left_at = $3 WHERE id = $1", {id, present, left}));
}

base::Status nobody_is_present(db::Transaction& tx, base::WallTime now) {
  return done(tx.run("UPDATE participants SET present = 0, left_at = $1 WHERE present = 1", {now}));
}

}  // namespace participants
}  // namespace greenroom::studio
