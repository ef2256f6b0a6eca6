// Starts job processes: asks the queue what is due, spawns `greenroom work` for each, reaps them, and lets the studio
// tell the screens what they wrote. Called on the blocking pool, one call at a time.
#pragma once
#include <sys/types.h>

#include <filesystem>
#include <map>

#include "app/config.hpp"
#include "base/log.hpp"
#include "jobs/queue.hpp"
#include "studio/studio.hpp"

namespace greenroom::app {

class JobRunner {
 public:
  JobRunner(PlaceConfig place, jobs::Queue& queue, studio::Studio& studio, base::LogSink& log);
  ~JobRunner();  // ends the running ones; their leases end and another run takes them up

  void turn(base::WallTime now);

 private:
  void reap();
  void start(jobs::JobId job);

  const PlaceConfig place_;
  jobs::Queue& queue_;
  studio::Studio& studio_;
  base::LogSink& log_;
  std::map<pid_t, jobs::JobId> running_;
};

}  // namespace greenroom::app
