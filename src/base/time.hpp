// Two kinds of time that never convert into one another by accident. Neither has now(): only net and app read a clock
// and pass the value down.
#pragma once
#include <chrono>
#include <cstdint>
#include <ratio>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace greenroom::base {

using Duration = std::chrono::microseconds;

// Monotonic time of one process, from an arbitrary origin.
struct MonotonicClock {
  using rep = std::int64_t;
  using period = std::micro;
  using duration = Duration;
  using time_point = std::chrono::time_point<MonotonicClock, Duration>;
  static constexpr bool is_steady = true;
};
using Instant = MonotonicClock::time_point;

// UTC since 1970-01-01, in microseconds. Comparable between processes and stored in tables.
struct UtcClock {
  using rep = std::int64_t;
  using period = std::micro;
  using duration = Duration;
  using time_point = std::chrono::time_point<UtcClock, Duration>;
  static constexpr bool is_steady = false;
};
using WallTime = UtcClock::time_point;

constexpr std::int64_t to_micros(WallTime t) { return t.time_since_epoch().count(); }
constexpr WallTime wall_from_micros(std::int64_t us) { return WallTime(Duration(us)); }
constexpr std::int64_t to_millis(WallTime t) { return to_micros(t) / 1000; }
constexpr double to_fractional_millis(Duration d) { return double(d.count()) / 1000; }
constexpr double to_seconds(Duration d) { return std::chrono::duration<double>(d).count(); }

// RFC 3339 in UTC with milliseconds: "2026-01-31T09:30:00.125Z".
std::string to_rfc3339(WallTime t);
Result<WallTime> parse_rfc3339(std::string_view text);

}  // namespace greenroom::base
