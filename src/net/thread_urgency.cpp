#include "net/thread_urgency.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace greenroom::net {
namespace {
constexpr int niceness = -10;             // ten times the share of an ordinary thread, and it interrupts one
constexpr unsigned long slack_ns = 1000;  // of timers; 0 would mean the default
}  // namespace

void make_this_thread_urgent() {
  ::setpriority(PRIO_PROCESS, 0, niceness);  // of the calling thread, on Linux
  ::prctl(PR_SET_TIMERSLACK, slack_ns);
}

}  // namespace greenroom::net
