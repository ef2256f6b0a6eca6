#include "app/backup_registry.hpp"

#include "blob/encrypted_file.hpp"

namespace greenroom::app {
namespace {

// Where record::Recorder puts the log of a track, relative to the data folder.
std::string log_of(const std::string& recording, const std::string& track) {
  return "backup/" + recording + "/" + track + ".grlog";
}

studio::Source source_of(const std::string& source) {
  if (source == "screen") return studio::Source::screen;
  return source == "mic" ? studio::Source::mic : studio::Source::camera;
}

}  // namespace

BackupRegistry::BackupRegistry(SerialWork& work, studio::Studio& studio, std::filesystem::path data, base::LogSink& log)
    : work_(work), studio_(studio), data_(std::move(data)), log_(log) {}

void BackupRegistry::started(const record::TrackHeader& header) {
  work_.give([this, header] { log_failure(tell_started(header)); });
}

void BackupRegistry::ended(const std::string& recording, const std::string& track) {
  work_.give([this, recording, track] { log_failure(tell_ended(recording, track)); });
}

void BackupRegistry::log_failure(const base::Status& status) {
  if (!status) log_.error("backup.register", {{"error", status.error().what}, {"context", status.error().context}});
}

base::Status BackupRegistry::tell_started(const record::TrackHeader& header) {
  GREENROOM_TRY(const auto take, studio::TakeId::parse(header.recording));
  GREENROOM_TRY(const auto participant, studio::ParticipantId::parse(header.participant));
  GREENROOM_TRY(const auto stem,
                studio_.register_backup_track({take, participant, source_of(header.source), header.mime_type,
                                               log_of(header.recording, header.track), header.started}));
  stem_by_track_[header.track] = stem;
  return {};
}

base::Status BackupRegistry::tell_ended(const std::string& recording, const std::string& track) {
  const auto known = stem_by_track_.find(track);
  if (known == stem_by_track_.end()) return {};
  const auto stem = known->second;
  stem_by_track_.erase(known);
  const auto bytes = blob::content_size(data_ / log_of(recording, track));  // the log may have failed to open
  return studio_.end_backup_track(stem, bytes.value_or(0));
}

}  // namespace greenroom::app
