#include "db/enum_column.hpp"
#include "jobs/detail/table.hpp"
#include "jobs/queue.hpp"

namespace greenroom::jobs {

std::span<const db::Migration> migrations() {
  static const std::vector<db::Migration> list = {
      {"jobs.1-jobs",
       {"CREATE TABLE jobs ("
        "id TEXT PRIMARY KEY, "
        "kind TEXT NOT NULL, "
        "subject TEXT NOT NULL, "
        "payload TEXT NOT NULL, "
        "priority BIGINT NOT NULL, "
        "state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'dead')), "
        "attempts BIGINT NOT NULL, "
        "due_at BIGINT NOT NULL, "
        "lease_until BIGINT, "
        "stage TEXT NOT NULL, "
        "progress DOUBLE PRECISION NOT NULL, "
        "eta_s DOUBLE PRECISION, "
        "error TEXT, "
        "created_at BIGINT NOT NULL, "
        "changed_at BIGINT NOT NULL)",
        "CREATE UNIQUE INDEX jobs_open ON jobs (kind, subject) WHERE state IN ('queued', 'running')",
        "CREATE INDEX jobs_by_state ON jobs (state, created_at)",
        "CREATE INDEX jobs_by_subject ON jobs (subject, created_at)",
        "CREATE INDEX jobs_by_change ON jobs (changed_at)"}},
  };
  return list;
}

namespace table {

namespace {

constexpr std::string_view columns =
    "id, kind, subject, payload, priority, state, attempts, due_at, lease_until, stage, progress, eta_s, error, "
    "created_at, changed_at";

Job read(db::Row& row) {
  Job job;
  row.into(job.id);
  row.into(job.kind);
  row.into(job.subject);
  row.into(job.payload);
  row.into(job.priority);
  row.into(job.state);
  row.into(job.attempts);
  row.into(job.due_at);
  row.into(job.lease_until);
  row.into(job.stage);
  row.into(job.progress);
  row.into(job.eta_s);
  row.into(job.error);
  row.into(job.created_at);
  row.into(job.changed_at);
  return job;
}

std::string select(std::string_view rest) { return fmt::format("SELECT {} FROM jobs WHERE {}", columns, rest); }

base::Result<bool> changed(base::Result<std::int64_t> rows) {
  return rows.map([](std::int64_t n) { return n > 0; });
}

}  // namespace

base::Status insert(db::Transaction& tx, const Job& job) {
  static const std::string sql = fmt::format(
      "INSERT INTO jobs ({}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)", columns);
  GREENROOM_CHECK_OK(
      tx.run(sql, {job.id, job.kind, job.subject, job.payload, job.priority, job.state, job.attempts, job.due_at,
                   job.lease_until, job.stage, job.progress, job.eta_s, job.error, job.created_at, job.changed_at}));
  return {};
}

base::Result<std::optional<Job>> find(db::Transaction& tx, JobId id) {
  static const std::string sql = select("id = $1");
  return tx.one(sql, {id}, read);
}

base::Result<std::optional<Job>> find_open(db::Transaction& tx, std::string_view kind, std::string_view subject) {
  static const std::string sql = select("kind = $1 AND subject = $2 AND state IN ('queued', 'running')");
  return tx.one(sql, {kind, subject}, read);
}

base::Result<std::optional<Job>> latest(db::Transaction& tx, std::string_view subject) {
  static const std::string sql = select("subject = $1 ORDER BY created_at DESC, id DESC LIMIT 1");
  return tx.one(sql, {subject}, read);
}

base::Result<std::vector<Job>> open_jobs(db::Transaction& tx, std::size_t limit) {
  static const std::string sql = select("state IN ('queued', 'running') ORDER BY created_at, id LIMIT $1");
  return tx.all(sql, {limit}, read);
}

base::Result<std::vector<Job>> changed_since(db::Transaction& tx, base::WallTime since, std::size_t limit) {
  static const std::string sql = select("changed_at >= $1 ORDER BY changed_at, id LIMIT $2");
  return tx.all(sql, {since, limit}, read);
}

base::Result<bool> start(db::Transaction& tx, JobId id, base::WallTime now, base::WallTime lease_until) {
  return changed(
      tx.run("UPDATE jobs SET state = 'running', attempts = attempts + 1, lease_until = $3, stage = '', "
             "progress = 0, eta_s = NULL, changed_at = $2 WHERE id = $1 AND state = 'queued' AND due_at <= $2",
             {id, now, lease_until}));
}

base::Result<bool> report(db::Transaction& tx, const Lease& lease, const Progress& progress, base::WallTime now,
                          base::WallTime lease_until) {
  return changed(
      tx.run("UPDATE jobs SET stage = $3, progress = $4, eta_s = $5, changed_at = $6, lease_until = $7 "
             "WHERE id = $1 AND attempts = $2 AND state = 'running'",
             {lease.job, lease.attempt, progress.stage, std::clamp(progress.fraction, 0.0, 1.0), progress.eta_s, now,
              lease_until}));
}

base::Result<bool> renew(db::Transaction& tx, const Lease& lease, base::WallTime lease_until) {
  return changed(tx.run("UPDATE jobs SET lease_until = $3 WHERE id = $1 AND attempts = $2 AND state = 'running'",
                        {lease.job, lease.attempt, lease_until}));
}

base::Result<bool> finish(db::Transaction& tx, const Lease& lease, base::WallTime now) {
  return changed(
      tx.run("UPDATE jobs SET state = 'done', progress = 1, eta_s = NULL, error = NULL, lease_until = NULL, "
             "changed_at = $3 WHERE id = $1 AND attempts = $2 AND state = 'running'",
             {lease.job, lease.attempt, now}));
}

base::Result<bool> end_attempt(db::Transaction& tx, const Lease& lease, const Outcome& outcome, base::WallTime now) {
  return changed(
      tx.run("UPDATE jobs SET state = $3, error = $4, due_at = $5, lease_until = NULL, eta_s = NULL, "
             "changed_at = $6 WHERE id = $1 AND attempts = $2 AND state = 'running'",
             {lease.job, lease.attempt, outcome.state, outcome.error, outcome.due_at, now}));
}

}  // namespace table
}  // namespace greenroom::jobs
