// Tells the studio about backup tracks as they begin and end, in that order. Facts come in on the control thread and
// are worked off on the blocking pool.
#pragma once
#include <filesystem>
#include <string>
#include <unordered_map>

#include "app/serial_work.hpp"
#include "base/log.hpp"
#include "record/log.hpp"
#include "studio/studio.hpp"

namespace greenroom::app {

class BackupRegistry {
 public:
  BackupRegistry(SerialWork& work, studio::Studio& studio, std::filesystem::path data, base::LogSink& log);

  void started(const record::TrackHeader& header);
  void ended(const std::string& recording, const std::string& track);

 private:
  base::Status tell_started(const record::TrackHeader& header);
  base::Status tell_ended(const std::string& recording, const std::string& track);
  void log_failure(const base::Status& status);

  SerialWork& work_;
  studio::Studio& studio_;
  const std::filesystem::path data_;
  base::LogSink& log_;
  std::unordered_map<std::string, studio::StemId> stem_by_track_;  // touched by work's one running closure alone
};

}  // namespace greenroom::app
