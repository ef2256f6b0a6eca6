// One job, start to end, in its own process (`greenroom work`): leases it, gathers what it needs from studio, blob and
// the backup logs, lets media do the work in a temporary folder, seals the results and finishes in one transaction.
// Killed at any moment, the next attempt starts over and the result is the same. Failures become a readable error of
// the job; the lease is renewed whenever progress is reported.
#pragma once
#include <filesystem>
#include <functional>
#include <string>

#include "base/log.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "crypto/at_rest.hpp"
#include "media/plan.hpp"

namespace greenroom::studio {
class Studio;
}
namespace greenroom::blob {
class Store;
}
namespace greenroom::jobs {
class Queue;
}

namespace greenroom::work {

struct WorkDeps {
  studio::Studio& studio;
  blob::Store& blobs;
  jobs::Queue& queue;
  std::filesystem::path data;  // holds backup/ ; temporary folders are made in data/work/
  base::LogSink& log;
  std::function<base::WallTime()> now;
  media::OutputSettings output = {};
  crypto::StorageKeys keys = {};  // of the backup logs and the take's folder; blobs are `blobs`' business
};

base::Status run(WorkDeps& deps, const std::string& job_id);

}  // namespace greenroom::work
