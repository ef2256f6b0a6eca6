// The table of jobs: the only SQL of this module. Moves between states say where they come from; false: it was not so.
#pragma once
#include <vector>

#include "db/db.hpp"
#include "jobs/job.hpp"

namespace greenroom::jobs::table {

base::Status insert(db::Transaction& tx, const Job& job);
base::Result<std::optional<Job>> find(db::Transaction& tx, JobId id);
base::Result<std::optional<Job>> find_open(db::Transaction& tx, std::string_view kind, std::string_view subject);
base::Result<std::optional<Job>> latest(db::Transaction& tx, std::string_view subject);
base::Result<std::vector<Job>> open_jobs(db::Transaction& tx, std::size_t limit);
base::Result<std::vector<Job>> changed_since(db::Transaction& tx, base::WallTime since, std::size_t limit);

base::Result<bool> start(db::Transaction& tx, JobId id, base::WallTime now, base::WallTime lease_until);
base::Result<bool> report(db::Transaction& tx, const Lease& lease, const Progress& progress, base::WallTime now,
                          base::WallTime lease_until);
base::Result<bool> renew(db::Transaction& tx, const Lease& lease, base::WallTime lease_until);
base::Result<bool> finish(db::Transaction& tx, const Lease& lease, base::WallTime now);
struct Outcome {
  JobState state;  // queued or dead
  std::string_view error;
  base::WallTime due_at;
};
base::Result<bool> end_attempt(db::Transaction& tx, const Lease& lease, const Outcome& outcome, base::WallTime now);

}  // namespace greenroom::jobs::table
