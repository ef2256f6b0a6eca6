// The two clocks of the process. Only net and app read them; everything below takes the values as parameters.
// Both are safe to read from any thread.
#pragma once
#include "base/time.hpp"

namespace greenroom::net {

// CLOCK_MONOTONIC: its rate is disciplined by NTP, its value never steps.
base::Instant now();

// UTC, read from the system once and carried on by now(): when an administrator or NTP steps the system clock, stamps
// of one process still stand in their order and at their true distance, which is what a recording's timeline needs.
base::WallTime wall_now();

}  // namespace greenroom::net
