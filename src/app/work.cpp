#include "app/work.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

#include "app/storehouse.hpp"
#include "net/clock.hpp"
#include "work/run.hpp"

namespace greenroom::app {
namespace {

constexpr int niceness = 10;                    // conversations come before compositions
constexpr rlim_t memory_max = rlim_t(8) << 30;  // a runaway decoder ends here, not in the server's memory

void become_a_good_neighbour() {
  static_cast<void>(::nice(niceness) + 0);
#ifndef __SANITIZE_ADDRESS__  // which reserves terabytes of addresses for itself
  const rlimit limit{memory_max, memory_max};
  ::setrlimit(RLIMIT_AS, &limit);
#endif
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // without the server nobody would see the progress; its next start runs the job
}

}  // namespace

int run_work(const WorkConfig& config, base::LogSink& log) {
  become_a_good_neighbour();
  auto house = Storehouse::open({config.data, config.database, {}, config.storage}, log, nullptr);
  if (!house) {
    log.error("work.open", {{"error", house.error().what}, {"context", house.error().context}});
    return 1;
  }
  work::WorkDeps deps{*(*house)->studio,     *(*house)->blobs, *(*house)->queue, (*house)->data, log, net::wall_now, {},
                      (*house)->storage_keys};
  if (auto status = work::run(deps, config.job); !status) {
    if (status.error().code == jobs::error_not_due) return 0;  // another node has been quicker
    log.error("work.failed",
              {{"job", config.job}, {"error", status.error().what}, {"context", status.error().context}});
    return 1;
  }
  return 0;
}

}  // namespace greenroom::app
