// The two clocks of the process, and each thread's own for measurements. Only net and what lies above read them;
// everything below takes the values as parameters. All are safe to read from any thread.
#pragma once
#include <chrono>

#include "base/time.hpp"

namespace greenroom::net {

// CLOCK_MONOTONIC: its rate is disciplined by NTP, its value never steps.
base::Instant now();

// UTC, read from the system once and carried on by now(): when an administrator or NTP steps the system clock, stamps
// of one process still stand in their order and at their true distance, which is what a recording's timeline needs.
base::WallTime wall_now();

// The processor's time that the calling thread has used.
std::chrono::nanoseconds thread_time();

}  // namespace greenroom::net
