#include <map>
#include <mutex>

#include "bus/bus.hpp"
#include "bus/detail/queue.hpp"

namespace greenroom::bus {

Subscription::Subscription(std::shared_ptr<Queue> queue) : queue_(std::move(queue)) {}
Subscription::Subscription(Subscription&&) noexcept = default;
Subscription& Subscription::operator=(Subscription&& other) noexcept {
  if (queue_) queue_->close();
  queue_ = std::move(other.queue_);
  return *this;
}
Subscription::~Subscription() {
  if (queue_) queue_->close();
}
Drained Subscription::drain() { return queue_ ? queue_->drain() : Drained{}; }

namespace {

class LocalBus final : public Bus {
 public:
  void publish(std::string_view topic, std::string payload) override {
    const Message message{std::string(topic), std::move(payload)};
    // Filling queues under the lock is what keeps two publishers' messages in one order for all subscribers.
    std::lock_guard guard(lock_);
    deliver(message.topic, message);
    for (auto at = topic.rfind('/'); at != topic.npos && at > 0; at = topic.rfind('/', at - 1)) {
      deliver(std::string(topic.substr(0, at)) + "/*", message);
    }
  }

  Subscription subscribe(std::string_view topic, SubscribeOptions options) override {
    auto queue = std::make_shared<Queue>(std::move(options));
    std::lock_guard guard(lock_);
    if (++since_sweep_ >= sweep_every) sweep();
    subscribers_[std::string(topic)].push_back(queue);
    return Subscription(std::move(queue));
  }

 private:
  // Closed queues of topics that are never published again go when this many new ones have come.
  static constexpr std::size_t sweep_every = 256;
  using Queues = std::vector<std::shared_ptr<Queue>>;

  void deliver(const std::string& topic, const Message& message) {
    auto found = subscribers_.find(topic);
    if (found == subscribers_.end()) return;
    drop_closed(found->second);
    for (auto& queue : found->second) queue->push(message);
    if (found->second.empty()) subscribers_.erase(found);
  }
  static void drop_closed(Queues& queues) {
    std::erase_if(queues, [](const auto& queue) { return queue->closed(); });
  }
  void sweep() {
    since_sweep_ = 0;
    for (auto& [topic, queues] : subscribers_) drop_closed(queues);
    std::erase_if(subscribers_, [](const auto& entry) { return entry.second.empty(); });
  }

  std::mutex lock_;
  std::map<std::string, Queues> subscribers_;
  std::size_t since_sweep_ = 0;
};

}  // namespace

std::unique_ptr<Bus> make_local_bus() { return std::make_unique<LocalBus>(); }

}  // namespace greenroom::bus
