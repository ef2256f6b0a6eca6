// Tells the studio about backup tracks as they begin and end, in that order, on the blocking pool: facts come in on the
// control thread, one closure at a time works them off.
#pragma once
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <unordered_map>
#include <variant>

#include "app/media_thread.hpp"
#include "base/log.hpp"
#include "net/blocking_pool.hpp"
#include "net/loop.hpp"
#include "studio/studio.hpp"

namespace greenroom::app {

class BackupRegistry {
 public:
  BackupRegistry(net::Loop& loop, net::BlockingPool& pool, studio::Studio& studio, std::filesystem::path data,
                 base::LogSink& log);

  void started(const record::TrackHeader& header);
  void ended(const std::string& recording, const std::string& track);

 private:
  using Fact = std::variant<record::TrackHeader, BackupEnded>;

  void work_off();
  void tell(const Fact& fact);
  base::Status tell_started(const record::TrackHeader& header);
  base::Status tell_ended(const BackupEnded& ended);

  net::Loop& loop_;
  net::BlockingPool& pool_;
  studio::Studio& studio_;
  const std::filesystem::path data_;
  base::LogSink& log_;
  std::deque<Fact> facts_;  // bounded by the shards' limits on producers
  bool working_ = false;
  std::unordered_map<std::string, studio::StemId> stem_by_track_;  // touched by the one running closure alone
};

}  // namespace greenroom::app
