#include "db/enum_column.hpp"
#include "studio/detail/rows.hpp"

namespace greenroom::studio::assets {

namespace {

constexpr std::string_view columns =
    "id, take_id, kind, name, content_type, bytes, blob, participant_id, duration_s, created_at";

AssetRow read(db::Row& row) {
  AssetRow asset;
  row.into(asset.id);
  row.into(asset.take);
  row.into(asset.kind);
  row.into(asset.name);
  row.into(asset.content_type);
  row.into(asset.bytes);
  row.into(asset.blob);
  row.into(asset.participant);
  row.into(asset.duration_s);
  row.into(asset.created_at);
  return asset;
}

}  // namespace

base::Status insert(db::Transaction& tx, const AssetRow& a) {
  static const std::string sql =
      fmt::format("INSERT INTO assets ({}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", columns);
  return done(tx.run(
      sql, {a.id, a.take, a.kind, a.name, a.content_type, a.bytes, a.blob, a.participant, a.duration_s, a.created_at}));
}

base::Result<std::optional<AssetRow>> find(db::Transaction& tx, AssetId id) {
  static const std::string sql = fmt::format("SELECT {} FROM assets WHERE id = $1", columns);
  return tx.one(sql, {id}, read);
}

base::Result<std::vector<AssetRow>> of_take(db::Transaction& tx, TakeId take) {
  static const std::string sql =
      fmt::format("SELECT {} FROM assets WHERE take_id = $1 ORDER BY created_at, id", columns);
  return tx.all(sql, {take}, read);
}

base::Result<std::vector<AssetRow>> of_participant(db::Transaction& tx, ParticipantId participant) {
  static const std::string sql = fmt::format("SELECT {} FROM assets WHERE participant_id = $1 ORDER BY id", columns);
  return tx.all(sql, {participant}, read);
}

base::Status rename(db::Transaction& tx, AssetId id, std::string_view name) {
  return done(tx.run("UPDATE assets SET name = $2 WHERE id = $1", {id, name}));
}

base::Status remove_of_take(db::Transaction& tx, TakeId take) {
  return done(tx.run("DELETE FROM assets WHERE take_id = $1", {take}));
}

base::Status insert_removal(db::Transaction& tx, const Removal& removal, base::WallTime now) {
  return done(
      tx.run("INSERT INTO removals (kind, name, created_at) VALUES ($1, $2, $3) ON CONFLICT (kind, name) DO NOTHING",
             {removal.kind, removal.name, now}));
}

base::Result<std::vector<Removal>> removals(db::Transaction& tx, int limit) {
  return tx.all("SELECT kind, name FROM removals ORDER BY created_at LIMIT $1", {limit}, [](db::Row& row) {
    Removal removal;
    row.into(removal.kind);
    row.into(removal.name);
    return removal;
  });
}

base::Status remove_removal(db::Transaction& tx, const Removal& removal) {
  return done(tx.run("DELETE FROM removals WHERE kind = $1 AND name = $2", {removal.kind, removal.name}));
}

}  // namespace greenroom::studio::assets
