// What another process of this machine uses, from /proc: the server's costs, measured from outside.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <span>

#include "base/time.hpp"

namespace greenroom::load {

// Processor time of all living threads together: schedstat's nanoseconds, where the kernel keeps them, else clock
// ticks.
base::Duration cpu_time(std::span<const pid_t> pids);
base::Duration own_cpu_time();
// Bytes: proportional set size, where it can be read, else resident.
std::uint64_t memory_of(std::span<const pid_t> pids);
// As many files as the hard limit allows: every peer is two.
void allow_many_files();

}  // namespace greenroom::load
