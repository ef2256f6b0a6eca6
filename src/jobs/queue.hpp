// The durable queue: a table of jobs and the moves between their states, each one statement that checks where it comes
// from, so any number of processes may try at once. Serve and worker processes each own a Queue over the same database;
// thread-safe, called where blocking is allowed. Invariant: only the holder of the newest lease reports, finishes or
// fails a job.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "base/rng.hpp"
#include "db/db.hpp"
#include "db/migrate.hpp"
#include "jobs/job.hpp"
#include "jobs/schedule.hpp"

namespace greenroom::jobs {

std::span<const db::Migration> migrations();

class Queue {
 public:
  Queue(db::Database& database, base::Rng& rng, ScheduleLimits limits = {});

  // In the caller's transaction. A job of this kind and subject that is still queued or running is returned instead of
  // a second one.
  base::Result<JobId> push(db::Transaction& tx, const NewJob& job, base::WallTime now);
  base::Result<Job> find(JobId id);
  // The newest job about a subject.
  base::Result<std::optional<Job>> latest(db::Transaction& tx, std::string_view subject);
  // Everything queued or running, oldest first, at most snapshot_max.
  base::Result<std::vector<Job>> snapshot();
  // Jobs in whatever state that changed at or after `since`, in order of change.
  base::Result<std::vector<Job>> changed_since(base::WallTime since);

  // For the scheduler: performs what needs no process (requeue, bury) and answers the jobs to start.
  base::Result<std::vector<JobId>> plan(base::WallTime now);

  // For the worker.
  base::Result<Lease> lease(JobId id, base::WallTime now);  // error_not_due unless queued and due
  base::Status renew(const Lease& lease, base::WallTime now);
  base::Status report(const Lease& lease, const Progress& progress, base::WallTime now);  // renews as well
  base::Status finish(db::Transaction& tx, const Lease& lease, base::WallTime now);
  // Queued again after a pause, or dead when that was the last attempt or `fatal` (trying again cannot help).
  base::Result<JobState> fail(const Lease& lease, std::string_view error, bool fatal, base::WallTime now);

  const ScheduleLimits& limits() const { return limits_; }
  static constexpr std::size_t snapshot_max = 1'000;

 private:
  base::Status requeue_or_bury(const Job& job, Action action, base::WallTime now);
  db::Database& database_;
  base::Rng& rng_;
  const ScheduleLimits limits_;
};

}  // namespace greenroom::jobs
