#include "db/enum_column.hpp"
#include "studio/detail/rows.hpp"

namespace greenroom::studio {

namespace takes {

namespace {

constexpr std::string_view columns =
    "id, session_id, state, started_at, stopped_at, forced, error, inputs_read_at, deadline_at";

TakeRow read(db::Row& row) {
  TakeRow take;
  row.into(take.id);
  row.into(take.session);
  row.into(take.state);
  row.into(take.started_at);
  row.into(take.stopped_at);
  row.into(take.forced);
  row.into(take.error);
  row.into(take.inputs_read_at);
  row.into(take.deadline_at);
  return take;
}

std::string select(std::string_view rest) { return fmt::format("SELECT {} FROM takes WHERE {}", columns, rest); }

}  // namespace

base::Status insert(db::Transaction& tx, const TakeRow& take) {
  static const std::string sql =
      fmt::format("INSERT INTO takes ({}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", columns);
  return done(tx.run(sql, {take.id, take.session, take.state, take.started_at, take.stopped_at, take.forced, take.error,
                           take.inputs_read_at, take.deadline_at}));
}

base::Result<std::optional<TakeRow>> find(db::Transaction& tx, TakeId id) {
  static const std::string sql = select("id = $1");
  return tx.one(sql, {id}, read);
}

base::Result<std::vector<TakeRow>> of_session(db::Transaction& tx, SessionId session) {
  static const std::string sql = select("session_id = $1 ORDER BY started_at, id");
  return tx.all(sql, {session}, read);
}

base::Result<std::vector<TakeRow>> unfinished(db::Transaction& tx) {
  static const std::string sql = select("state IN ('recording', 'uploading', 'processing') ORDER BY started_at");
  return tx.all(sql, {}, read);
}

base::Status update(db::Transaction& tx, const TakeRow& take) {
  return done(tx.run(
      "UPDATE takes SET state = $2, stopped_at = $3, forced = $4, error = $5, inputs_read_at = $6, deadline_at = $7 "
      "WHERE id = $1",
      {take.id, take.state, take.stopped_at, take.forced, take.error, take.inputs_read_at, take.deadline_at}));
}

}  // namespace takes

namespace stems {

namespace {

constexpr std::string_view columns =
    "id, take_id, participant_id, source, origin, state, content_type, client_key, started_at_ms, upload_id, log, "
    "bytes, "
    "sample_rate, channels, width, height, created_at, changed_at, consented_at";

StemRow read(db::Row& row) {
  StemRow stem;
  row.into(stem.id);
  row.into(stem.take);
  row.into(stem.participant);
  row.into(stem.source);
  row.into(stem.origin);
  row.into(stem.state);
  row.into(stem.content_type);
  row.into(stem.client_key);
  row.into(stem.started_at_ms);
  row.into(stem.upload);
  row.into(stem.log);
  row.into(stem.bytes);
  row.into(stem.sample_rate);
  row.into(stem.channels);
  row.into(stem.width);
  row.into(stem.height);
  row.into(stem.created_at);
  row.into(stem.changed_at);
  row.into(stem.consented_at);
  return stem;
}

std::string select(std::string_view rest) { return fmt::format("SELECT {} FROM stems WHERE {}", columns, rest); }

}  // namespace

base::Status insert(db::Transaction& tx, const StemRow& s) {
  static const std::string sql = fmt::format(
      "INSERT INTO stems ({}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, "
      "$19)",
      columns);
  return done(tx.run(sql, {s.id, s.take, s.participant, s.source, s.origin, s.state, s.content_type, s.client_key,
                           s.started_at_ms, s.upload, s.log, s.bytes, s.sample_rate, s.channels, s.width, s.height,
                           s.created_at, s.changed_at, s.consented_at}));
}

base::Result<std::optional<StemRow>> find(db::Transaction& tx, StemId id) {
  static const std::string sql = select("id = $1");
  return tx.one(sql, {id}, read);
}

base::Result<std::optional<StemRow>> by_key(db::Transaction& tx, TakeId take, ParticipantId participant,
                                            std::string_view client_key) {
  static const std::string sql = select("take_id = $1 AND participant_id = $2 AND client_key = $3");
  return tx.one(sql, {take, participant, client_key}, read);
}

base::Result<std::optional<StemRow>> by_upload(db::Transaction& tx, upload::UploadId upload) {
  static const std::string sql = select("upload_id = $1");
  return tx.one(sql, {upload}, read);
}

base::Result<std::vector<StemRow>> of_take(db::Transaction& tx, TakeId take) {
  static const std::string sql = select("take_id = $1 ORDER BY created_at, id");
  return tx.all(sql, {take}, read);
}

base::Status set_state(db::Transaction& tx, StemId id, StemState state, std::uint64_t bytes, base::WallTime now) {
  return done(
      tx.run("UPDATE stems SET state = $2, bytes = $3, changed_at = $4 WHERE id = $1", {id, state, bytes, now}));
}

}  // namespace stems
}  // namespace greenroom::studio
