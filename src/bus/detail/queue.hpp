// One subscriber's bounded queue. Shared by the bus, which fills it, and the Subscription, which drains and closes it.
// wake runs under the lock: once close() has returned, it is not called any more.
#pragma once
#include <deque>
#include <mutex>
#include <string>

#include "bus/bus.hpp"

namespace greenroom::bus {

class Queue {
 public:
  explicit Queue(SubscribeOptions options) : options_(std::move(options)) {}

  void push(const Message& message) {
    std::lock_guard guard(lock_);
    if (closed_) return;
    if (messages_.size() >= options_.capacity) {
      messages_.pop_front();
      ++missed_;
    }
    messages_.push_back(message);
    wake();
  }

  // Messages that this subscriber might have heard were lost on their way.
  void miss(std::uint64_t messages) {
    std::lock_guard guard(lock_);
    if (closed_) return;
    missed_ += messages;
    wake();
  }

  Drained drain() {
    std::lock_guard guard(lock_);
    woken_ = false;
    Drained out{{std::make_move_iterator(messages_.begin()), std::make_move_iterator(messages_.end())}, missed_};
    messages_.clear();
    missed_ = 0;
    return out;
  }

  void close() {
    std::lock_guard guard(lock_);
    closed_ = true;
    messages_.clear();
  }
  bool closed() const {
    std::lock_guard guard(lock_);
    return closed_;
  }

 private:
  void wake() {
    if (!std::exchange(woken_, true) && options_.wake) options_.wake();
  }

  const SubscribeOptions options_;
  mutable std::mutex lock_;
  std::deque<Message> messages_;
  std::uint64_t missed_ = 0;
  bool woken_ = false;
  bool closed_ = false;
};

}  // namespace greenroom::bus
