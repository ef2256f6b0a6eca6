#include "bus/bus.hpp"

#include <atomic>
#include <thread>

namespace greenroom::bus {
namespace {

std::vector<std::string> payloads(Subscription& subscription) {
  std::vector<std::string> out;
  for (auto& message : subscription.drain().messages) out.push_back(message.payload);
  return out;
}

TEST(Bus, DeliversToTheTopicAndToItsParents) {
  auto bus = make_local_bus();
  auto one = bus->subscribe("session/1", {});
  auto all = bus->subscribe("session/*", {});
  auto other = bus->subscribe("session/2", {});
  bus->publish("session/1", "a");
  bus->publish("session/2", "b");
  bus->publish("else/1", "c");
  EXPECT_THAT(payloads(one), testing::ElementsAre("a"));
  EXPECT_THAT(payloads(all), testing::ElementsAre("a", "b"));
  EXPECT_THAT(payloads(other), testing::ElementsAre("b"));
}

TEST(Bus, WakesOncePerDrain) {
  auto bus = make_local_bus();
  int woken = 0;
  auto subscription = bus->subscribe("t", {.wake = [&] { ++woken; }});
  bus->publish("t", "1");
  bus->publish("t", "2");
  EXPECT_EQ(woken, 1);
  EXPECT_EQ(subscription.drain().messages.size(), 2u);
  bus->publish("t", "3");
  EXPECT_EQ(woken, 2);
}

TEST(Bus, AFullQueueDropsTheOldestAndSaysSo) {
  auto bus = make_local_bus();
  auto subscription = bus->subscribe("t", {.capacity = 2});
  for (auto text : {"1", "2", "3", "4"}) bus->publish("t", text);
  auto drained = subscription.drain();
  EXPECT_EQ(drained.missed, 2u);
  EXPECT_EQ(drained.messages[0].payload, "3");
  EXPECT_EQ(subscription.drain().missed, 0u);
}

TEST(Bus, AnEndedSubscriptionHearsNothingAndMayOutliveTheBus) {
  auto bus = make_local_bus();
  int woken = 0;
  {
    auto gone = bus->subscribe("t", {.wake = [&] { ++woken; }});
  }
  auto kept = bus->subscribe("t", {});
  bus->publish("t", "x");
  EXPECT_EQ(woken, 0);
  bus.reset();
  EXPECT_EQ(payloads(kept).size(), 1u);
}

TEST(Bus, ManySubscriptionsLeaveNothingBehind) {
  auto bus = make_local_bus();
  for (int i = 0; i < 2'000; ++i) bus->subscribe("session/" + std::to_string(i), {});
  auto last = bus->subscribe("session/7", {});
  bus->publish("session/7", "x");
  EXPECT_EQ(payloads(last).size(), 1u);
}

TEST(Bus, FourPublishersKeepTheirOrder) {
  auto bus = make_local_bus();
  auto a = bus->subscribe("t", {.capacity = 10'000});
  auto b = bus->subscribe("t", {.capacity = 10'000});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 1'000; ++i) bus->publish("t", std::to_string(t * 1'000 + i));
    });
  }
  for (auto& thread : threads) thread.join();
  const auto seen = payloads(a);
  EXPECT_EQ(seen, payloads(b));
  std::array<int, 4> last{-1, -1, -1, -1};
  for (const auto& text : seen) {
    const int n = std::stoi(text);
    EXPECT_EQ(n % 1'000, last[std::size_t(n / 1'000)] + 1);
    last[std::size_t(n / 1'000)] = n % 1'000;
  }
}

}  // namespace
}  // namespace greenroom::bus
