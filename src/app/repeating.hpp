// Work of the blocking pool that comes back by the clock. Owned by the control thread's loop, whose timer it is.
#pragma once
#include <functional>

#include "net/blocking_pool.hpp"
#include "net/loop.hpp"

namespace greenroom::app {

// Calls `turn` on the blocking pool every `tick`, never two at a time.
class Repeating {
 public:
  Repeating(net::Loop& loop, net::BlockingPool& pool, base::Duration tick, std::function<void()> turn)
      : loop_(loop), pool_(pool), tick_(tick), turn_(std::move(turn)) {
    wait();
  }

 private:
  void wait() {
    timer_ = loop_.after(tick_, [this] {
      if (!pool_.run(turn_, loop_, [this] { wait(); })) wait();
    });
  }
  net::Loop& loop_;
  net::BlockingPool& pool_;
  const base::Duration tick_;
  const std::function<void()> turn_;
  net::Timer timer_;
};

}  // namespace greenroom::app
