#include "db/enum_column.hpp"
#include "studio/detail/rows.hpp"
#include "wire/json.hpp"

namespace greenroom::studio::sessions {

namespace {

constexpr std::string_view columns =
    "id, workspace_id, project_id, title, kind, state, created_by, created_at, scheduled_at, length_minutes, lobby, "
    "participants_max, permissions, revision, entered_at, ended_at, since, due_at, recording";

// What a list shows beside the row, by subqueries that each touch one index entry: the list is one statement.
constexpr std::string_view beside =
    "(SELECT token FROM invites i WHERE i.session_id = s.id AND i.role = 'speaker' AND i.expires_at IS NULL AND "
    "i.uses_max IS NULL ORDER BY i.created_at, i.id LIMIT 1), t.started_at, t.stopped_at, a.id, a.name";
constexpr std::string_view joined =
    "LEFT JOIN takes t ON t.id = (SELECT x.id FROM takes x WHERE x.session_id = s.id AND x.state = 'ready' ORDER BY "
    "x.started_at DESC, x.id DESC LIMIT 1) "
    "LEFT JOIN assets a ON a.id = (SELECT y.id FROM assets y WHERE y.take_id = t.id AND y.kind = 'thumbnail' ORDER BY "
    "y.created_at DESC, y.id DESC LIMIT 1)";

std::string qualified() {
  std::string out = "s.";
  for (const char c : columns) out += c == ' ' ? std::string(" s.") : std::string(1, c);
  return out;
}

std::optional<std::string> permissions_text(const std::vector<RolePermissions>& overrides) {
  if (overrides.empty()) return std::nullopt;
  return wire::to_text(overrides);
}

std::vector<RolePermissions> permissions_from(const std::optional<std::string>& text) {
  if (!text) return {};
  return wire::from_text<std::vector<RolePermissions>>(*text).value_or(std::vector<RolePermissions>());
}

std::optional<std::string> recording_text(const RecordingSettings& settings) {
  if (settings == RecordingSettings()) return std::nullopt;
  return wire::to_text(settings);
}

RecordingSettings recording_from(const std::optional<std::string>& text) {
  if (!text) return {};
  return wire::from_text<RecordingSettings>(*text).value_or(RecordingSettings());
}

SessionRow read(db::Row& row) {
  SessionRow session;
  row.into(session.id);
  row.into(session.workspace);
  row.into(session.project);
  row.into(session.title);
  row.into(session.kind);
  row.into(session.state);
  row.into(session.created_by);
  row.into(session.created_at);
  row.into(session.scheduled_at);
  row.into(session.length_minutes);
  row.into(session.lobby);
  row.into(session.participants_max);
  session.permissions = permissions_from(row.next<std::optional<std::string>>());
  row.into(session.revision);
  row.into(session.entered_at);
  row.into(session.ended_at);
  row.into(session.since);
  row.into(session.due_at);
  session.recording = recording_from(row.next<std::optional<std::string>>());
  return session;
}

SessionShown read_shown(db::Row& row) {
  SessionShown shown;
  shown.session = read(row);
  row.into(shown.guest_token);
  row.into(shown.take_started_at);
  row.into(shown.take_stopped_at);
  row.into(shown.thumbnail);
  row.into(shown.thumbnail_name);
  return shown;
}

std::string select(std::string_view rest) { return fmt::format("SELECT {} FROM sessions WHERE {}", columns, rest); }

// The rows are chosen first, with their LIMIT: what is beside them is looked up for no other, whatever a planner
// thinks.
std::string select_shown(std::string_view rest) {
  static const std::string own = qualified();
  return fmt::format("SELECT {}, {} FROM ({}) s {} ORDER BY s.id DESC", own, beside, select(rest), joined);
}

// A filter that is not asked for still uses its placeholder, as PostgreSQL wants of every one. Eight texts at most.
std::string page_statement(const SessionQuery& query) {
  return select_shown(fmt::format("workspace_id = $1 AND id < $2 AND {} AND {} AND {} ORDER BY id DESC LIMIT $6",
                                  query.project ? "project_id = $3" : "$3 = ''", query.state ? "state = $4" : "$4 = ''",
                                  query.kind ? "kind = $5" : "$5 = ''"));
}

}  // namespace

base::Status insert(db::Transaction& tx, const SessionRow& s) {
  static const std::string sql = fmt::format(
      "INSERT INTO sessions ({}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, "
      "$18, $19)",
      columns);
  return done(
      tx.run(sql, {s.id, s.workspace, s.project, s.title, s.kind, s.state, s.created_by, s.created_at, s.scheduled_at,
                   s.length_minutes, s.lobby, s.participants_max, permissions_text(s.permissions), s.revision,
                   s.entered_at, s.ended_at, s.since, s.due_at, recording_text(s.recording)}));
}

base::Result<std::optional<SessionRow>> find(db::Transaction& tx, SessionId id) {
  static const std::string sql = select("id = $1");
  return tx.one(sql, {id}, read);
}

base::Result<std::optional<SessionShown>> shown(db::Transaction& tx, SessionId id) {
  static const std::string sql = select_shown("id = $1");
  return tx.one(sql, {id}, read_shown);
}

base::Result<std::vector<SessionShown>> page(db::Transaction& tx, const SessionQuery& query) {
  const std::string before = query.before.empty() ? std::string(after_every_id) : query.before;
  const std::string project = query.project ? query.project->str() : "";
  const std::string state = query.state ? std::string(wire::enum_name(*query.state)) : "";
  const std::string kind = query.kind ? std::string(wire::enum_name(*query.kind)) : "";
  return tx.all(page_statement(query), {query.workspace, before, project, state, kind, query.limit}, read_shown);
}

base::Result<std::vector<SessionRow>> due(db::Transaction& tx, base::WallTime now, int limit) {
  static const std::string sql = select("due_at <= $1 ORDER BY due_at LIMIT $2");
  return tx.all(sql, {now, limit}, read);
}

base::Status update_settings(db::Transaction& tx, const SessionRow& s) {
  return done(tx.run(
      "UPDATE sessions SET project_id = $2, title = $3, kind = $4, scheduled_at = $5, length_minutes = $6, lobby = $7, "
      "participants_max = $8, permissions = $9, revision = $10, recording = $11 WHERE id = $1",
      {s.id, s.project, s.title, s.kind, s.scheduled_at, s.length_minutes, s.lobby, s.participants_max,
       permissions_text(s.permissions), s.revision, recording_text(s.recording)}));
}

base::Status update_state(db::Transaction& tx, const SessionRow& s) {
  return done(
      tx.run("UPDATE sessions SET state = $2, entered_at = $3, ended_at = $4, since = $5, due_at = $6 WHERE id = $1",
             {s.id, s.state, s.entered_at, s.ended_at, s.since, s.due_at}));
}

base::Result<std::vector<SessionId>> of_workspace(db::Transaction& tx, WorkspaceId workspace) {
  return tx.all("SELECT id FROM sessions WHERE workspace_id = $1", {workspace},
                [](db::Row& row) { return row.next<SessionId>(); });
}

base::Result<std::vector<SessionRow>> made_by(db::Transaction& tx, UserId user) {
  static const std::string sql = select("created_by = $1 ORDER BY id");
  return tx.all(sql, {user}, read);
}

base::Status remove(db::Transaction& tx, SessionId id) {
  // Stems and assets name participants, so they go first; the rest follows the session by its foreign keys.
  GREENROOM_CHECK_OK(tx.run("DELETE FROM takes WHERE session_id = $1", {id}));
  return done(tx.run("DELETE FROM sessions WHERE id = $1", {id}));
}

}  // namespace greenroom::studio::sessions
