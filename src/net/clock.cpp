#include "net/clock.hpp"

#include <chrono>
#include <ctime>

namespace greenroom::net {

namespace {

base::Duration since_epoch(auto clock_now) {
  return std::chrono::duration_cast<base::Duration>(clock_now.time_since_epoch());
}

base::Duration wall_minus_monotonic() {
  const auto wall = since_epoch(std::chrono::system_clock::now());
  return wall - since_epoch(std::chrono::steady_clock::now());
}

}  // namespace

base::Instant now() { return base::Instant(since_epoch(std::chrono::steady_clock::now())); }

base::WallTime wall_now() {
  static const base::Duration offset = wall_minus_monotonic();
  return base::WallTime(now().time_since_epoch() + offset);
}

std::chrono::nanoseconds thread_time() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

}  // namespace greenroom::net
