#include "jobs/schedule.hpp"

#include <algorithm>

namespace greenroom::jobs {

namespace {

bool lease_ended(const Job& job, base::WallTime now) { return !job.lease_until || *job.lease_until <= now; }

bool before(const Job* a, const Job* b) {
  return std::tuple(-a->priority, a->created_at, a->id) < std::tuple(-b->priority, b->created_at, b->id);
}

}  // namespace

base::Duration pause_after(int attempts, const ScheduleLimits& limits) {
  const int doublings = std::clamp(attempts - 1, 0, 30);
  return std::min(limits.pause_first * (std::int64_t(1) << doublings), limits.pause_max);
}

std::vector<Decision> schedule(std::span<const Job> jobs, base::WallTime now, const ScheduleLimits& limits) {
  std::vector<Decision> out;
  std::vector<const Job*> due;
  std::size_t running = 0;
  for (const Job& job : jobs) {
    if (job.state == JobState::running && lease_ended(job, now)) {
      out.push_back({job.id, job.attempts >= limits.attempts_max ? Action::bury : Action::requeue});
    } else if (job.state == JobState::running) {
      ++running;
    } else if (job.state == JobState::queued && job.due_at <= now) {
      due.push_back(&job);
    }
  }
  std::sort(due.begin(), due.end(), before);
  for (std::size_t i = 0; i < due.size() && running < limits.running_max; ++i, ++running) {
    out.push_back({due[i]->id, Action::start});
  }
  return out;
}

}  // namespace greenroom::jobs
