#include "bus/detail/topics.hpp"

namespace greenroom::bus {

namespace {

void drop_closed(std::vector<std::shared_ptr<Queue>>& queues) {
  std::erase_if(queues, [](const auto& queue) { return queue->closed(); });
}

}  // namespace

Subscription Topics::add(std::string_view key, SubscribeOptions options) {
  auto queue = std::make_shared<Queue>(std::move(options));
  std::lock_guard guard(lock_);
  if (++since_sweep_ >= sweep_every) sweep_locked();
  queues_[std::string(key)].push_back(queue);
  return Subscription(std::move(queue));
}

void Topics::push(std::string_view key, const Message& message) {
  const auto found = queues_.find(key);
  if (found == queues_.end()) return;
  drop_closed(found->second);
  for (auto& queue : found->second) queue->push(message);
}

void Topics::deliver(const Message& message) {
  // Filling queues under the lock is what keeps two publishers' messages in one order for all subscribers.
  std::lock_guard guard(lock_);
  const std::string_view topic = message.topic;
  push(topic, message);
  for (auto at = topic.rfind('/'); at != topic.npos && at > 0; at = topic.rfind('/', at - 1)) {
    push(std::string(topic.substr(0, at)) + "/*", message);
  }
}

void Topics::deliver_to(std::string_view key, const Message& message) {
  std::lock_guard guard(lock_);
  push(key, message);
}

void Topics::miss(std::uint64_t messages) {
  std::lock_guard guard(lock_);
  for (auto& [key, queues] : queues_) {
    for (auto& queue : queues) queue->miss(messages);
  }
}

bool Topics::contains(const std::string& key) const {
  std::lock_guard guard(lock_);
  return queues_.contains(key);
}

std::vector<std::string> Topics::keys() const {
  std::lock_guard guard(lock_);
  std::vector<std::string> keys;
  for (const auto& [key, queues] : queues_) keys.push_back(key);
  return keys;
}

std::vector<std::string> Topics::sweep() {
  std::lock_guard guard(lock_);
  return sweep_locked();
}

std::vector<std::string> Topics::sweep_locked() {
  since_sweep_ = 0;
  std::vector<std::string> gone;
  for (auto& [key, queues] : queues_) {
    drop_closed(queues);
    if (queues.empty()) gone.push_back(key);
  }
  for (const auto& key : gone) queues_.erase(key);
  return gone;
}

}  // namespace greenroom::bus
