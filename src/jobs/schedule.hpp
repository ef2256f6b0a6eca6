// Which jobs to start, requeue or bury: pure. app calls it with a snapshot a few times a second and performs the
// answer.
#pragma once
#include <span>
#include <vector>

#include "jobs/job.hpp"

namespace greenroom::jobs {

struct ScheduleLimits {
  std::size_t running_max = 1;  // job processes at once
  int attempts_max = 4;
  base::Duration lease{std::chrono::seconds(30)};
  base::Duration pause_first{std::chrono::seconds(2)};  // after the first failure; doubles
  base::Duration pause_max{std::chrono::minutes(10)};
};

enum class Action { start, requeue, bury };
struct Decision {
  JobId job;
  Action action;
};

base::Duration pause_after(int attempts, const ScheduleLimits& limits);
// `jobs`: everything queued or running. Running jobs whose lease has ended are requeued or buried; free places go to
// due jobs by priority, then age.
std::vector<Decision> schedule(std::span<const Job> jobs, base::WallTime now, const ScheduleLimits& limits);

}  // namespace greenroom::jobs
