// A job as a value: background work that was pushed in the transaction of the fact that caused it.
#pragma once
#include <boost/describe/enum.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/id.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace greenroom::jobs {

struct JobTag;
using JobId = base::Id<JobTag>;

inline constexpr base::ErrorCode error_unknown{base::ErrorKind::not_found, "jobs.unknown"};
inline constexpr base::ErrorCode error_lease_lost{base::ErrorKind::conflict,
                                                  "jobs.lease_lost"};  // someone else has it now
inline constexpr base::ErrorCode error_not_due{base::ErrorKind::conflict, "jobs.not_due"};

// queued -> running -> done; running -> queued (failed or lease ended: again after a pause); running -> dead (too
// often).
enum class JobState { queued, running, done, dead };
BOOST_DESCRIBE_ENUM(JobState, queued, running, done, dead)

struct Job {
  JobId id;
  std::string kind;     // "compose"
  std::string subject;  // what it is about: "take/<id>". At most one job of a kind and subject is not done or dead.
  std::string payload;  // JSON text, its handler's own
  int priority = 0;     // higher first
  JobState state = JobState::queued;
  int attempts = 0;                           // leases so far
  base::WallTime due_at;                      // not before
  std::optional<base::WallTime> lease_until;  // of a running job
  std::string stage;                          // "mix"
  double progress = 0;                        // 0..1
  std::optional<double> eta_s;
  std::optional<std::string> error;  // of the last attempt that failed
  base::WallTime created_at;
  base::WallTime changed_at;
};

struct NewJob {
  std::string kind;
  std::string subject;
  std::string payload = "{}";
  int priority = 0;
};

// The right to work on a job. `attempt` is a fencing token: a worker whose lease ended cannot touch the job again once
// another attempt has begun.
struct Lease {
  JobId job;
  int attempt = 0;
};

struct Progress {
  double fraction = 0;
  std::string stage;
  std::optional<double> eta_s;
};

}  // namespace greenroom::jobs
