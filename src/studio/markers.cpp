// Moments of a take that somebody wants to find again, set while it is recorded or later.
#include <algorithm>

#include "studio/detail/core.hpp"

namespace greenroom::studio {

namespace {

base::Result<std::string> label_of(std::string_view text) {
  if (text.find_first_not_of(" \t") == std::string_view::npos) return std::string();  // the moment says it all
  return checked_text(text, "label", marker_label_chars_max);
}

base::Result<base::WallTime> moment_of(const TakeRow& take, std::optional<double> at_ms, base::WallTime now) {
  const base::WallTime at = at_ms ? base::wall_from_micros(std::int64_t(*at_ms * 1'000)) : now;
  if (at < take.started_at || at > take.stopped_at.value_or(now + std::chrono::seconds(1))) {
    return base::fail(error_field, "is not within this take", "atMs");
  }
  return at;
}

base::Result<MarkerRow> find_marker(db::Transaction& tx, TakeId take, MarkerId id) {
  GREENROOM_TRY(auto row, markers::find(tx, id));
  if (!row || row->take != take) return base::fail(error_no_marker, "there is no such marker");
  return *std::move(row);
}

}  // namespace

base::Result<Marker> Studio::add_marker(const Actor& actor, TakeId id, const NewMarker& marker) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<Marker> {
    GREENROOM_TRY(const auto found, core_->take_access(tx, actor, id, Permission::record));
    GREENROOM_TRY(const auto others, markers::of_take(tx, id));
    if (others.size() >= core_->d.limits.markers_per_take_max) {
      return base::fail(error_too_many_markers, "this take has as many markers as it can hold");
    }
    MarkerRow row;
    row.take = id;
    GREENROOM_TRY(row.label, label_of(marker.label));
    GREENROOM_TRY(row.at, moment_of(found.take, marker.at_ms, core_->now()));
    row.id = MarkerId::make(core_->now(), core_->d.rng);
    if (const auto* who = std::get_if<ParticipantActor>(&actor)) row.participant = who->participant;
    GREENROOM_CHECK_OK(markers::insert(tx, row));
    core_->publish(tx, found.take.session, events::marker_added.with({shown(row)}));
    return shown(row);
  });
}

base::Result<Marker> Studio::change_marker(const Actor& actor, TakeId take, MarkerId id, const MarkerChange& change) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<Marker> {
    GREENROOM_TRY(const auto found, core_->take_access(tx, actor, take, Permission::record));
    GREENROOM_TRY(auto row, find_marker(tx, take, id));
    if (change.label) {
      GREENROOM_TRY(row.label, label_of(*change.label));
    }
    if (change.at_ms) {
      GREENROOM_TRY(row.at, moment_of(found.take, change.at_ms, core_->now()));
    }
    GREENROOM_CHECK_OK(markers::update(tx, row));
    core_->publish(tx, found.take.session, events::marker_changed.with({shown(row)}));
    return shown(row);
  });
}

base::Status Studio::remove_marker(const Actor& actor, TakeId take, MarkerId id) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Status {
    GREENROOM_TRY(const auto found, core_->take_access(tx, actor, take, Permission::record));
    GREENROOM_TRY(const auto row, find_marker(tx, take, id));
    GREENROOM_CHECK_OK(markers::remove(tx, id));
    core_->publish(tx, found.take.session, events::marker_removed.with({shown(row)}));
    return {};
  });
}

}  // namespace greenroom::studio
