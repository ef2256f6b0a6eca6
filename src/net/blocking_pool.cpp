#include "net/blocking_pool.hpp"

#include "base/assert.hpp"
#include "base/thread_name.hpp"

namespace greenroom::net {

BlockingPool::BlockingPool(BlockingPoolOptions options) : queue_limit_(options.queue_limit) {
  GREENROOM_ASSERT(options.threads > 0);
  for (std::size_t i = 0; i < options.threads; ++i) threads_.emplace_back([this] { work_until_closed(); });
}

BlockingPool::~BlockingPool() { close(); }

bool BlockingPool::run(Work work) {
  bool wake = false;
  {
    std::lock_guard lock(mutex_);
    if (closed_ || queue_.size() >= queue_limit_) return false;
    queue_.push_back(std::move(work));
    wake = must_wake();
  }
  if (wake) changed_.notify_one();
  return true;
}

bool BlockingPool::run(Work work, Loop& loop, Work done) {
  return run([&loop, work = std::move(work), done = std::move(done)]() mutable {
    work();
    loop.post(std::move(done));
  });
}

void BlockingPool::close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

std::size_t BlockingPool::waiting() const {
  std::lock_guard lock(mutex_);
  return queue_.size();
}

bool BlockingPool::must_wake() {
  if (queue_.empty() || asleep_ == 0 || waking_) return false;
  return waking_ = true;
}

void BlockingPool::work_until_closed() {
  base::name_this_thread("pool");
  std::unique_lock lock(mutex_);
  for (;;) {
    while (queue_.empty() && !closed_) {
      ++asleep_;
      changed_.wait(lock);
      --asleep_;
      waking_ = false;
    }
    if (queue_.empty()) return;
    {
      Work work = std::move(queue_.front());
      queue_.pop_front();
      const bool wake = must_wake();
      lock.unlock();
      if (wake) changed_.notify_one();
      work();
    }
    lock.lock();
  }
}

}  // namespace greenroom::net
