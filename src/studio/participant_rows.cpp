#include "db/enum_column.hpp"
#include "studio/detail/rows.hpp"
#include "wire/json.hpp"

namespace greenroom::studio::participants {

namespace {

constexpr std::string_view columns =
    "id, session_id, user_id, name, role, state, joined_at, left_at, present, consented_at, recording_limit";

std::optional<std::string> limit_text(const std::optional<RecordingLimit>& limit) {
  return limit ? std::optional(wire::to_text(*limit)) : std::nullopt;
}

std::optional<RecordingLimit> limit_from(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  const auto limit = wire::from_text<RecordingLimit>(*text);
  return limit ? std::optional(*limit) : std::nullopt;
}

ParticipantRow read(db::Row& row) {
  ParticipantRow participant;
  row.into(participant.id);
  row.into(participant.session);
  row.into(participant.user);
  row.into(participant.name);
  row.into(participant.role);
  row.into(participant.state);
  row.into(participant.joined_at);
  row.into(participant.left_at);
  row.into(participant.present);
  row.into(participant.consented_at);
  participant.recording_limit = limit_from(row.next<std::optional<std::string>>());
  return participant;
}

std::string select(std::string_view rest) { return fmt::format("SELECT {} FROM participants WHERE {}", columns, rest); }

}  // namespace

base::Status insert(db::Transaction& tx, const ParticipantRow& p) {
  static const std::string sql =
      fmt::format("INSERT INTO participants ({}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)", columns);
  return done(tx.run(sql, {p.id, p.session, p.user, p.name, p.role, p.state, p.joined_at, p.left_at, p.present,
                           p.consented_at, limit_text(p.recording_limit)}));
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

base::Result<std::vector<ParticipantRow>> waiting(db::Transaction& tx, std::optional<SessionId> session) {
  static const std::string every = select("state = 'waiting' ORDER BY session_id, joined_at, id");
  static const std::string here = select("state = 'waiting' AND session_id = $1 ORDER BY joined_at, id");
  return session ? tx.all(here, {*session}, read) : tx.all(every, {}, read);
}

base::Status update(db::Transaction& tx, const ParticipantRow& p) {
  return done(tx.run(
      "UPDATE participants SET name = $2, role = $3, state = $4, joined_at = $5, left_at = $6, present = $7 WHERE id = "
      "$1",
      {p.id, p.name, p.role, p.state, p.joined_at, p.left_at, p.present}));
}

base::Status set_consent(db::Transaction& tx, ParticipantId id, std::string_view notice, base::WallTime now) {
  return done(
      tx.run("UPDATE participants SET consented_at = $2, consent_notice = $3 WHERE id = $1 AND consented_at IS NULL",
             {id, now, notice}));
}

base::Status set_recording_limit(db::Transaction& tx, ParticipantId id, const std::optional<RecordingLimit>& limit) {
  return done(tx.run("UPDATE participants SET recording_limit = $2 WHERE id = $1", {id, limit_text(limit)}));
}

base::Status set_present(db::Transaction& tx, ParticipantId id, bool present, base::WallTime now) {
  const std::optional<base::WallTime> left = present ? std::nullopt : std::optional(now);
  return done(tx.run("UPDATE participants SET present = $2, left_at = $3 WHERE id = $1", {id, present, left}));
}

base::Result<std::vector<ParticipantRow>> all_of_user(db::Transaction& tx, UserId user) {
  static const std::string sql = select("user_id = $1 ORDER BY joined_at, id");
  return tx.all(sql, {user}, read);
}

base::Status rename_all_of_user(db::Transaction& tx, UserId user, std::string_view name) {
  return done(tx.run("UPDATE participants SET name = $2 WHERE user_id = $1", {user, name}));
}

base::Status remove(db::Transaction& tx, ParticipantId id) {
  return done(tx.run("DELETE FROM participants WHERE id = $1", {id}));
}

}  // namespace greenroom::studio::participants
