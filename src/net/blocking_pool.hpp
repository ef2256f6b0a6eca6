// A few threads for work that blocks: SQL, files, password hashing. Owned by app. The queue is bounded: run() says no
// when it is full, and the caller answers "try later" instead of piling up. At most one thread is being woken at a
// time, and wakes the next when it finds more than it takes: a burst of short works costs few wake-ups, and no work
// waits for a thread that is busy while another sleeps. Close it before the Loop that the completions go to is
// destroyed.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "net/loop.hpp"

namespace greenroom::net {

struct BlockingPoolOptions {
  std::size_t threads = 4;
  std::size_t queue_limit = 1024;  // closures waiting for a thread
};

class BlockingPool {
 public:
  using Work = std::function<void()>;

  explicit BlockingPool(BlockingPoolOptions options = {});
  ~BlockingPool();  // close()
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  // False, and nothing happens, when the queue is full or the pool is closed. From any thread.
  [[nodiscard]] bool run(Work work);
  // The same, then done() on the loop.
  [[nodiscard]] bool run(Work work, Loop& loop, Work done);
  // The same with a value: bool ok = pool.run_then(loop, [] { return query(); }, [](Rows rows) { ... });
  template <class F, class Done>
  [[nodiscard]] bool run_then(Loop& loop, F work, Done done) {
    return run([&loop, work = std::move(work), done = std::move(done)]() mutable {
      auto value = std::make_shared<decltype(work())>(work());
      loop.post([value, done = std::move(done)]() mutable { done(std::move(*value)); });
    });
  }

  void close();  // takes no more, runs what is queued, joins the threads
  std::size_t waiting() const;

 private:
  void work_until_closed();
  bool must_wake();  // under the lock

  const std::size_t queue_limit_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Work> queue_;
  bool closed_ = false;
  std::size_t asleep_ = 0;
  bool waking_ = false;  // one that was asleep has been called and has not come yet
  std::vector<std::thread> threads_;
};

}  // namespace greenroom::net
