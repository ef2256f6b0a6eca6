#include "app/backup_registry.hpp"

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

BackupRegistry::BackupRegistry(net::Loop& loop, net::BlockingPool& pool, studio::Studio& studio,
                               std::filesystem::path data, base::LogSink& log)
    : loop_(loop), pool_(pool), studio_(studio), data_(std::move(data)), log_(log) {}

void BackupRegistry::started(const record::TrackHeader& header) {
  facts_.emplace_back(header);
  work_off();
}

void BackupRegistry::ended(const std::string& recording, const std::string& track) {
  facts_.emplace_back(BackupEnded{recording, track});
  work_off();
}

void BackupRegistry::work_off() {
  if (working_ || facts_.empty()) return;
  auto fact = std::make_shared<Fact>(std::move(facts_.front()));
  facts_.pop_front();
  working_ = pool_.run([this, fact] { tell(*fact); }, loop_,
                       [this] {
                         working_ = false;
                         work_off();
                       });
  if (!working_) log_.error("backup.register", {{"error", "the blocking pool is full"}});
}

void BackupRegistry::tell(const Fact& fact) {
  const auto* header = std::get_if<record::TrackHeader>(&fact);
  const auto status = header ? tell_started(*header) : tell_ended(std::get<BackupEnded>(fact));
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

base::Status BackupRegistry::tell_ended(const BackupEnded& ended) {
  const auto known = stem_by_track_.find(ended.track);
  if (known == stem_by_track_.end()) return {};
  const auto stem = known->second;
  stem_by_track_.erase(known);
  std::error_code none;  // the log may have failed to open: then its size is what counts, zero
  const auto bytes = std::filesystem::file_size(data_ / log_of(ended.recording, ended.track), none);
  return studio_.end_backup_track(stem, none ? 0 : bytes);
}

}  // namespace greenroom::app
