// What is noted of a take while it runs: its pauses and its markers.
#include "studio/detail/rows.hpp"

namespace greenroom::studio {

namespace pauses {

base::Status begin(db::Transaction& tx, TakeId take, base::WallTime from) {
  return done(tx.run("INSERT INTO take_pauses (take_id, from_at) VALUES ($1, $2)", {take, from}));
}

base::Status end(db::Transaction& tx, TakeId take, base::WallTime until) {
  return done(tx.run("UPDATE take_pauses SET until_at = $2 WHERE take_id = $1 AND until_at IS NULL", {take, until}));
}

base::Result<std::vector<PauseRow>> of_take(db::Transaction& tx, TakeId take) {
  return tx.all("SELECT take_id, from_at, until_at FROM take_pauses WHERE take_id = $1 ORDER BY from_at", {take},
                [](db::Row& row) {
                  PauseRow pause;
                  row.into(pause.take);
                  row.into(pause.from);
                  row.into(pause.until);
                  return pause;
                });
}

}  // namespace pauses

namespace markers {

namespace {

MarkerRow read(db::Row& row) {
  MarkerRow marker;
  row.into(marker.id);
  row.into(marker.take);
  row.into(marker.participant);
  row.into(marker.at);
  row.into(marker.label);
  return marker;
}

constexpr std::string_view one = "SELECT id, take_id, participant_id, moment, label FROM markers WHERE id = $1";
constexpr std::string_view all =
    "SELECT id, take_id, participant_id, moment, label FROM markers WHERE take_id = $1 ORDER BY moment, id";

}  // namespace

base::Status insert(db::Transaction& tx, const MarkerRow& m) {
  return done(tx.run("INSERT INTO markers (id, take_id, participant_id, moment, label) VALUES ($1, $2, $3, $4, $5)",
                     {m.id, m.take, m.participant, m.at, m.label}));
}

base::Result<std::optional<MarkerRow>> find(db::Transaction& tx, MarkerId id) { return tx.one(one, {id}, read); }

base::Result<std::vector<MarkerRow>> of_take(db::Transaction& tx, TakeId take) { return tx.all(all, {take}, read); }

base::Status update(db::Transaction& tx, const MarkerRow& m) {
  return done(tx.run("UPDATE markers SET moment = $2, label = $3 WHERE id = $1", {m.id, m.at, m.label}));
}

base::Status remove(db::Transaction& tx, MarkerId id) {
  return done(tx.run("DELETE FROM markers WHERE id = $1", {id}));
}

}  // namespace markers
}  // namespace greenroom::studio
