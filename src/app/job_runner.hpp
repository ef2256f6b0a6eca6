// Starts job processes: asks the queue what is due, spawns `greenroom work` for each, reaps them, and lets the studio
// tell the screens what they wrote. A process that ends with an error before it has taken its job up costs the job an
// attempt, so that one that never gets so far ends as failed and not in a circle. Called on the blocking pool, one call
// at a time.
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
  // `program` is started with the arguments of `greenroom`.
  JobRunner(PlaceConfig place, jobs::Queue& queue, studio::Studio& studio, base::LogSink& log,
            const char* program = "/proc/self/exe");
  ~JobRunner();  // ends the running ones; their leases end and another run takes them up

  void turn(base::WallTime now);

 private:
  void reap(base::WallTime now);
  void note_early_end(jobs::JobId job, int status, base::WallTime now);
  void start(jobs::JobId job);

  const PlaceConfig place_;
  jobs::Queue& queue_;
  studio::Studio& studio_;
  base::LogSink& log_;
  const char* const program_;
  std::map<pid_t, jobs::JobId> running_;
};

}  // namespace greenroom::app
