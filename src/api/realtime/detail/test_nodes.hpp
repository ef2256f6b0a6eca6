// For this folder's tests: a bus of several nodes in one process, which can be cut.
#pragma once
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "bus/bus.hpp"

namespace greenroom::api::realtime {

// What the nodes have in common.
struct TestNodes {
  std::unique_ptr<bus::Bus> wire = bus::make_local_bus();
  std::atomic<bool> cut = false;  // nobody reaches anybody
  std::mutex lock;
  std::map<std::string, std::pair<std::string, bus::ClaimLost>> claims;  // by key: node
  std::set<std::string> ended;

  // As when a node has died: its lease ends.
  void end(const std::string& node) {
    const std::lock_guard guard(lock);
    ended.insert(node);
    wire->withdraw("nodes", node);
    std::erase_if(claims, [&](const auto& claim) { return claim.second.first == node; });
  }
  // As when a node could not be reached for longer than its lease and another has claimed what it had.
  void take_over(const std::string& key, const std::string& node) {
    bus::ClaimLost lost;
    {
      const std::lock_guard guard(lock);
      lost = std::exchange(claims[key], {node, nullptr}).second;
    }
    if (lost) lost();
  }
};

class TestNodeBus final : public bus::Bus {
 public:
  TestNodeBus(TestNodes& nodes, std::string node) : nodes_(nodes), node_(std::move(node)) {
    announce("nodes", node_, "");
  }
  const std::string& node() const override { return node_; }
  base::Status publish(std::string_view topic, std::string payload) override {
    if (nodes_.cut) return unavailable();
    return nodes_.wire->publish(topic, std::move(payload));
  }
  void publish_here(std::string_view, std::string) override {}
  bus::Subscription subscribe(std::string_view topic, bus::SubscribeOptions options) override {
    return nodes_.wire->subscribe(topic, std::move(options));
  }
  void announce(std::string_view topic, std::string_view member, std::string payload) override {
    const std::lock_guard guard(nodes_.lock);
    if (!nodes_.ended.contains(node_)) nodes_.wire->announce(topic, member, std::move(payload));
  }
  void withdraw(std::string_view topic, std::string_view member) override { nodes_.wire->withdraw(topic, member); }
  void members(std::string_view topic, bus::MembersAnswer answer) override {
    if (nodes_.cut) return answer(unavailable());
    nodes_.wire->members(topic, std::move(answer));
  }
  void claim(std::string_view key, bus::ClaimAnswer answer, bus::ClaimLost lost) override {
    if (nodes_.cut) return answer(unavailable());
    answer(claim_for(key, node_, std::move(lost)));
  }
  void offer(std::string_view key, std::string_view node, bus::ClaimAnswer answer) override {
    if (nodes_.cut) return answer(unavailable());
    answer(claim_for(key, std::string(node), nullptr));
  }
  void release(std::string_view key) override {
    const std::lock_guard guard(nodes_.lock);
    const auto found = nodes_.claims.find(std::string(key));
    if (found != nodes_.claims.end() && found->second.first == node_) nodes_.claims.erase(found);
  }
  base::Status state() const override {
    if (nodes_.cut) return unavailable();
    return {};
  }
  base::Status settle(base::Duration) override { return state(); }

 private:
  std::string claim_for(std::string_view key, const std::string& node, bus::ClaimLost lost) {
    const std::lock_guard guard(nodes_.lock);
    auto& [holder, tell] = nodes_.claims.try_emplace(std::string(key), node, nullptr).first->second;
    if (holder == node && lost) tell = std::move(lost);
    return holder;
  }
  static tl::unexpected<base::Error> unavailable() { return base::fail(bus::error_unavailable, "cut"); }
  TestNodes& nodes_;
  const std::string node_;
};

}  // namespace greenroom::api::realtime
