// For threads that are woken for microseconds of work that people wait for: they go before other threads of the same
// machine where we may ask for that (CAP_SYS_NICE or RLIMIT_NICE; without, nothing changes), and their sleeps end when
// they should rather than up to 50 microseconds later.
#pragma once

namespace greenroom::net {

void make_this_thread_urgent();

}  // namespace greenroom::net
