#include "sfu/timer_wheel.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "base/rng.hpp"

namespace greenroom::sfu {
namespace {
using namespace std::chrono_literals;

struct Thing : Timed<Thing> {};

class TimerWheelTest : public testing::Test {
 protected:
  base::Instant now{1000s};
  TimerWheel<Thing> wheel;
  void SetUp() override { EXPECT_EQ(wheel.pop(now), nullptr); }
};

TEST_F(TimerWheelTest, AThingComesOutOnceAtItsTimeAndNotBefore) {
  Thing thing;
  wheel.schedule(thing, now + 20ms);
  EXPECT_EQ(wheel.next_deadline(), now + 20ms);
  EXPECT_EQ(wheel.pop(now + 19ms), nullptr);
  EXPECT_EQ(wheel.pop(now + 20ms), &thing);
  EXPECT_EQ(wheel.pop(now + 10s), nullptr);
  EXPECT_EQ(wheel.next_deadline(), base::Instant::max());
}

TEST_F(TimerWheelTest, TheEarlierTimeHolds) {
  Thing thing;
  wheel.schedule(thing, now + 50ms);
  wheel.schedule(thing, now + 10ms);
  wheel.schedule(thing, now + 30ms);
  EXPECT_EQ(wheel.pop(now + 10ms), &thing);
  EXPECT_EQ(wheel.pop(now + 1s), nullptr);
}

TEST_F(TimerWheelTest, HurryIsNow) {
  Thing thing;
  wheel.schedule(thing, now + 50ms);
  wheel.hurry(thing);
  EXPECT_LE(wheel.next_deadline(), now);
  EXPECT_EQ(wheel.pop(now), &thing);
}

TEST_F(TimerWheelTest, BeyondTheWheelIsEarly) {
  Thing thing;
  wheel.schedule(thing, base::Instant::max());
  const auto deadline = wheel.next_deadline();
  EXPECT_GT(deadline, now + 1s);
  EXPECT_LT(deadline, now + 2s);
  EXPECT_EQ(wheel.pop(deadline), &thing);
}

TEST_F(TimerWheelTest, WhatDiesLeaves) {
  auto thing = std::make_unique<Thing>();
  wheel.schedule(*thing, now + 10ms);
  thing.reset();
  EXPECT_EQ(wheel.pop(now + 1s), nullptr);
}

TEST_F(TimerWheelTest, ManyThingsInAnyOrderAndAnyStep) {
  base::SeededRng rng(7);
  std::array<Thing, 50> things;
  std::map<Thing*, base::Instant> due;
  for (int step = 0; step < 20'000; ++step) {
    auto& thing = things[rng.below(things.size())];
    const auto at = now + std::chrono::microseconds(rng.below(1'200'000));
    if (!due.contains(&thing) || at < due[&thing]) due[&thing] = at;
    wheel.schedule(thing, at);
    now += std::chrono::microseconds(rng.below(20) == 0 ? rng.below(3'000'000) : rng.below(4'000));
    while (auto* popped = wheel.pop(now)) {
      ASSERT_TRUE(due.contains(popped));
      ASSERT_LE(due[popped], now);
      due.erase(popped);
    }
    for (const auto& [waiting, time] : due) ASSERT_GT(time + timer_tick, now) << "forgotten";
  }
}

}  // namespace
}  // namespace greenroom::sfu
