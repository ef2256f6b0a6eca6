#include <map>
#include <mutex>

#include "bus/bus.hpp"
#include "bus/detail/topics.hpp"

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
  explicit LocalBus(std::string node) : node_(std::move(node)) {}

  const std::string& node() const override { return node_; }

  base::Status publish(std::string_view topic, std::string payload) override {
    publish_here(topic, std::move(payload));
    return {};
  }
  void publish_here(std::string_view topic, std::string payload) override {
    topics_.deliver({std::string(topic), std::move(payload)});
  }
  Subscription subscribe(std::string_view topic, SubscribeOptions options) override {
    return topics_.add(topic, std::move(options));
  }

  void announce(std::string_view topic, std::string_view member, std::string payload) override {
    std::lock_guard guard(lock_);
    present_[std::string(topic)].insert_or_assign(std::string(member), std::move(payload));
  }
  void withdraw(std::string_view topic, std::string_view member) override {
    std::lock_guard guard(lock_);
    const auto found = present_.find(topic);
    if (found == present_.end()) return;
    found->second.erase(std::string(member));
    if (found->second.empty()) present_.erase(found);
  }
  void members(std::string_view topic, MembersAnswer answer) override { answer(members_of(topic)); }

  void claim(std::string_view, ClaimAnswer answer, ClaimLost) override { answer(node_); }
  void release(std::string_view) override {}
  void offer(std::string_view, std::string_view, ClaimAnswer answer) override { answer(node_); }

  base::Status state() const override { return {}; }
  base::Status settle(base::Duration) override { return {}; }

 private:
  std::vector<Member> members_of(std::string_view topic) const {
    std::lock_guard guard(lock_);
    std::vector<Member> members;
    if (const auto found = present_.find(topic); found != present_.end()) {
      for (const auto& [name, payload] : found->second) {
        if (members.size() < members_max) members.push_back({name, payload});
      }
    }
    return members;
  }

  const std::string node_;
  Topics topics_;
  mutable std::mutex lock_;
  std::map<std::string, std::map<std::string, std::string>, std::less<>> present_;
};

}  // namespace

std::unique_ptr<Bus> make_local_bus(std::string node) { return std::make_unique<LocalBus>(std::move(node)); }

}  // namespace greenroom::bus
