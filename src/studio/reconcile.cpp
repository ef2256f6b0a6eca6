#include "record/export.hpp"
#include "record/recorder.hpp"
#include "studio/detail/core.hpp"
#include "studio/detail/node_rows.hpp"
#include "wire/json.hpp"

namespace greenroom::studio {

namespace {

constexpr int removals_at_once = 50;
constexpr int sessions_at_once = 50;

}  // namespace

base::Status Studio::recover(std::span<const std::string> alive) {
  GREENROOM_TRY(const auto nodes, core_->d.database.read([](db::Transaction& tx) { return node_facts::nodes(tx); }));
  for (const auto& node : nodes) {
    if (std::find(alive.begin(), alive.end(), node) != alive.end()) continue;
    GREENROOM_CHECK_OK(core_->d.database.write([&](db::Transaction& tx) { return core_->end_facts_of(tx, node); }));
  }
  return register_forgotten_logs();
}

// A server that died may have begun logs that it had not told us of yet. Of takes that are over they are left alone; a
// log that is known, or was told of meanwhile, stays one stem.
base::Status Studio::register_forgotten_logs() {
  GREENROOM_TRY(const auto open, core_->d.database.read([](db::Transaction& tx) { return takes::unfinished(tx); }));
  for (const auto& take : open) {
    for (const auto& log : record::find_logs(core_->d.data_directory / "backup", take.id.str())) {
      const auto header = record::read_header(log, core_->d.storage_keys);
      const auto participant = header ? ParticipantId::parse(header->participant) : tl::unexpected(header.error());
      const auto source = header ? wire::enum_value<Source>(header->source) : std::nullopt;
      if (!participant || !source) continue;
      const auto name = "backup/" + take.id.str() + "/" + log.filename().string();
      const auto stem =
          register_backup_track({take.id, *participant, *source, header->mime_type, name, header->started});
      if (!stem) core_->d.log.warning("studio.forgotten_log", {{"log", name}, {"error", stem.error().what}});
    }
  }
  return {};
}

base::Status Studio::Core::end_facts_of(db::Transaction& tx, std::string_view node) const {
  GREENROOM_TRY(const auto facts, node_facts::of_node(tx, node));
  for (const auto& fact : facts) {
    if (const auto participant = ParticipantId::parse(fact.id); participant && fact.kind == NodeFactKind::present) {
      GREENROOM_CHECK_OK(participants::set_present(tx, *participant, false, now()));
    }
    const auto id = StemId::parse(fact.id);
    if (!id || fact.kind != NodeFactKind::backup) continue;
    GREENROOM_TRY(const auto stem, stems::find(tx, *id));
    if (stem) GREENROOM_CHECK_OK(close_backup(tx, *stem, log_size(*stem)));
  }
  return node_facts::forget(tx, node);
}

namespace {

// The files behind a removal. True when they are gone.
bool remove_files(const StudioDependencies& d, const Removal& removal) {
  if (removal.kind == RemovalKind::blob) {
    const auto name = blob::Name::parse(removal.name);
    return !name || d.store.remove(*name);
  }
  if (removal.kind == RemovalKind::upload) {
    const auto id = upload::UploadId::parse(removal.name);
    if (!id) return true;
    const auto status = d.uploads.terminate(*id);
    if (!status && status.error().code == upload::error_unknown)  // its row is gone: its bytes may not be, yet
      return d.store.remove(upload::blob_name(*id)).has_value();
    return status.has_value();
  }
  if (!TakeId::parse(removal.name)) return true;
  std::error_code kept, failed;
  std::filesystem::remove_all(d.data_directory / "takes" / removal.name, kept);  // the take's folder (work/take_folder)
  std::filesystem::remove_all(d.data_directory / "backup" / removal.name, failed);
  return !kept && !failed;
}

}  // namespace

base::Status Studio::reconcile() {
  GREENROOM_CHECK_OK(core_->reconcile_takes());
  GREENROOM_CHECK_OK(core_->reconcile_sessions());
  GREENROOM_CHECK_OK(core_->reconcile_lobbies());
  GREENROOM_CHECK_OK(core_->reconcile_files());
  GREENROOM_CHECK_OK(core_->d.uploads.remove_expired(core_->now()));
  return {};
}

base::Status Studio::Core::reconcile_takes() const {
  GREENROOM_TRY(const auto unfinished, d.database.read([](db::Transaction& tx) { return takes::unfinished(tx); }));
  for (const auto& take : unfinished) {
    // Most of the time nothing is due: only then is there something to write.
    GREENROOM_TRY(const auto step, d.database.read([&](db::Transaction& tx) -> base::Result<TakeStep> {
      GREENROOM_TRY(const auto known, facts(tx, take));
      return take_step(known, now(), d.limits);
    }));
    if (step.nothing()) continue;
    GREENROOM_CHECK_OK(d.database.write([&](db::Transaction& tx) -> base::Status {
      GREENROOM_TRY(const auto row, takes::find(tx, take.id));
      return row ? move_on(tx, *row) : base::Status{};
    }));
  }
  return {};
}

base::Status Studio::Core::reconcile_sessions() const {
  GREENROOM_TRY(const auto due,
                d.database.read([this](db::Transaction& tx) { return sessions::due(tx, now(), sessions_at_once); }));
  for (const auto& session : due) {
    GREENROOM_CHECK_OK(d.database.write([&](db::Transaction& tx) -> base::Status {
      GREENROOM_TRY(const auto row, sessions::find(tx, session.id));
      return row ? move_on(tx, *row) : base::Status{};
    }));
  }
  return {};
}

base::Status Studio::Core::reconcile_lobbies() const {
  GREENROOM_TRY(const auto waiting,
                d.database.read([](db::Transaction& tx) { return participants::waiting(tx, std::nullopt); }));
  const auto gone = [this](const ParticipantRow& person) {
    const auto last_seen = std::max(person.joined_at, person.left_at.value_or(person.joined_at));
    return gave_up_waiting(person.present, last_seen, now(), d.limits);
  };
  for (const auto& person : waiting) {
    if (!gone(person)) continue;
    GREENROOM_CHECK_OK(d.database.write([&](db::Transaction& tx) -> base::Status {
      GREENROOM_TRY(const auto row, participants::find(tx, person.id));
      const bool still = row && row->state == ParticipantState::waiting && gone(*row);
      return still ? forget_waiting(tx, *row) : base::Status{};
    }));
  }
  return {};
}

base::Status Studio::Core::reconcile_files() const {
  GREENROOM_TRY(const auto removals,
                d.database.read([](db::Transaction& tx) { return assets::removals(tx, removals_at_once); }));
  for (const auto& removal : removals) {
    if (!remove_files(d, removal)) continue;  // again next time
    GREENROOM_CHECK_OK(d.database.write([&](db::Transaction& tx) { return assets::remove_removal(tx, removal); }));
  }
  return {};
}

}  // namespace greenroom::studio
