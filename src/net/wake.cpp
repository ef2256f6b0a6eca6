#include "net/wake.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

#include "base/assert.hpp"

namespace greenroom::net {

Wake::Wake() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) { GREENROOM_ASSERT(fd_ >= 0); }
Wake::~Wake() { ::close(fd_); }

void Wake::signal() {
  if (pending_.exchange(true, std::memory_order_acq_rel)) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof one);  // can only fail when already readable
}

// The exchange comes after the read: a signal that finds pending_ still set was pushed before the caller drains.
void Wake::clear() {
  std::uint64_t count;
  [[maybe_unused]] const auto taken = ::read(fd_, &count, sizeof count);
  pending_.exchange(false, std::memory_order_acq_rel);
}

}  // namespace greenroom::net
