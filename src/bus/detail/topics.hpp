// The subscribers of one process by what they subscribed to: a topic, or "a/*" for all under it. Used by every backend,
// from any thread.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "bus/detail/queue.hpp"

namespace greenroom::bus {

class Topics {
 public:
  Subscription add(std::string_view key, SubscribeOptions options);
  // To the subscribers of the topic and to those of everything above it.
  void deliver(const Message& message);
  // To those who subscribed to exactly this key.
  void deliver_to(std::string_view key, const Message& message);
  void miss(std::uint64_t messages);  // everybody

  bool contains(const std::string& key) const;
  std::vector<std::string> keys() const;
  // Forgets the subscriptions that have ended; the keys that nobody is left for.
  std::vector<std::string> sweep();

 private:
  // Ended subscriptions to topics that are never published again go when this many new ones have come.
  static constexpr std::size_t sweep_every = 256;
  using Queues = std::vector<std::shared_ptr<Queue>>;

  void push(std::string_view key, const Message& message);
  std::vector<std::string> sweep_locked();

  mutable std::mutex lock_;
  std::map<std::string, Queues, std::less<>> queues_;
  std::size_t since_sweep_ = 0;
};

}  // namespace greenroom::bus
