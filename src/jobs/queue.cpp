#include "jobs/queue.hpp"

#include "jobs/detail/table.hpp"

namespace greenroom::jobs {

namespace {

constexpr std::size_t error_chars_max = 2'000;

base::Status held(base::Result<bool> changed) {
  if (!changed) return tl::unexpected(changed.error());
  if (!*changed) return base::fail(error_lease_lost, "this attempt no longer has the job");
  return {};
}

}  // namespace

Queue::Queue(db::Database& database, base::Rng& rng, ScheduleLimits limits)
    : database_(database), rng_(rng), limits_(limits) {}

base::Result<JobId> Queue::push(db::Transaction& tx, const NewJob& job, base::WallTime now) {
  GREENROOM_TRY(const auto open, table::find_open(tx, job.kind, job.subject));
  if (open) return open->id;
  Job made;
  made.id = JobId::make(now, rng_);
  made.kind = job.kind;
  made.subject = job.subject;
  made.payload = job.payload;
  made.priority = job.priority;
  made.due_at = made.created_at = made.changed_at = now;
  GREENROOM_CHECK_OK(table::insert(tx, made));
  return made.id;
}

base::Result<Job> Queue::find(JobId id) {
  GREENROOM_TRY(auto job, database_.read([&](db::Transaction& tx) { return table::find(tx, id); }));
  if (!job) return base::fail(error_unknown, "there is no such job");
  return *std::move(job);
}

base::Result<std::optional<Job>> Queue::latest(db::Transaction& tx, std::string_view subject) {
  return table::latest(tx, subject);
}

base::Result<std::vector<Job>> Queue::snapshot() {
  return database_.read([&](db::Transaction& tx) { return table::open_jobs(tx, snapshot_max); });
}

base::Result<std::vector<Job>> Queue::changed_since(base::WallTime since) {
  return database_.read([&](db::Transaction& tx) { return table::changed_since(tx, since, snapshot_max); });
}

base::Result<std::vector<JobId>> Queue::plan(base::WallTime now) {
  GREENROOM_TRY(const auto jobs, snapshot());
  std::vector<JobId> start;
  for (const Decision& decision : schedule(jobs, now, limits_)) {
    const auto job = std::find_if(jobs.begin(), jobs.end(), [&](const Job& j) { return j.id == decision.job; });
    if (decision.action == Action::start)
      start.push_back(decision.job);
    else
      GREENROOM_CHECK_OK(requeue_or_bury(*job, decision.action, now));
  }
  return start;
}

base::Status Queue::requeue_or_bury(const Job& job, Action action, base::WallTime now) {
  const bool dead = action == Action::bury;
  const table::Outcome outcome{dead ? JobState::dead : JobState::queued, "the worker stopped without a word",
                               now + pause_after(job.attempts, limits_)};
  // Not changed: the worker reported in the meantime, so it lives.
  return database_.write([&](db::Transaction& tx) -> base::Status {
    GREENROOM_TRY(const auto still, table::find(tx, job.id));
    if (!still || still->lease_until != job.lease_until) return {};
    GREENROOM_CHECK_OK(table::end_attempt(tx, {job.id, job.attempts}, outcome, now));
    return {};
  });
}

base::Result<Lease> Queue::lease(JobId id, base::WallTime now) {
  return database_.write([&](db::Transaction& tx) -> base::Result<Lease> {
    GREENROOM_TRY(const bool started, table::start(tx, id, now, now + limits_.lease));
    if (!started) return base::fail(error_not_due, "the job is not waiting to be started");
    GREENROOM_TRY(const auto job, table::find(tx, id));
    return Lease{id, job->attempts};
  });
}

base::Status Queue::renew(const Lease& lease, base::WallTime now) {
  return database_.write([&](db::Transaction& tx) { return held(table::renew(tx, lease, now + limits_.lease)); });
}

base::Status Queue::report(const Lease& lease, const Progress& progress, base::WallTime now) {
  return database_.write(
      [&](db::Transaction& tx) { return held(table::report(tx, lease, progress, now, now + limits_.lease)); });
}

base::Status Queue::finish(db::Transaction& tx, const Lease& lease, base::WallTime now) {
  return held(table::finish(tx, lease, now));
}

base::Result<JobState> Queue::fail(const Lease& lease, std::string_view error, bool fatal, base::WallTime now) {
  const bool dead = fatal || lease.attempt >= limits_.attempts_max;
  const table::Outcome outcome{dead ? JobState::dead : JobState::queued, error.substr(0, error_chars_max),
                               now + pause_after(lease.attempt, limits_)};
  GREENROOM_CHECK_OK(
      database_.write([&](db::Transaction& tx) { return held(table::end_attempt(tx, lease, outcome, now)); }));
  return outcome.state;
}

}  // namespace greenroom::jobs
