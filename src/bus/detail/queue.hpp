// One subscriber's bounded queue. Shared by the bus, which fills it, and the Subscription, which drains and closes it.
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
    {
      std::lock_guard guard(lock_);
      if (closed_) return;
      if (messages_.size() >= options_.capacity) {
        messages_.pop_front();
        ++missed_;
      }
      messages_.push_back(message);
      if (woken_) return;
      woken_ = true;
    }
    if (options_.wake) options_.wake();
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
  const SubscribeOptions options_;
  mutable std::mutex lock_;
  std::deque<Message> messages_;
  std::uint64_t missed_ = 0;
  bool woken_ = false;
  bool closed_ = false;
};

}  // namespace greenroom::bus
