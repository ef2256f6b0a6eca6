// Closures for the blocking pool that must run one after another, in the order they were given. Given on the control
// thread; several may wait, one runs.
#pragma once
#include <deque>
#include <functional>

#include "base/log.hpp"
#include "net/blocking_pool.hpp"
#include "net/loop.hpp"

namespace greenroom::app {

class SerialWork {
 public:
  static constexpr std::size_t waiting_max = 100'000;

  SerialWork(net::Loop& loop, net::BlockingPool& pool, base::LogSink& log);
  void give(std::function<void()> work);

 private:
  void next();
  net::Loop& loop_;
  net::BlockingPool& pool_;
  base::LogSink& log_;
  std::deque<std::function<void()>> waiting_;
  bool running_ = false;
  net::Timer retry_;
};

}  // namespace greenroom::app
