#include "sfu/allocator.hpp"

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "sfu/steady_budget.hpp"
#include "sfu/upgrade_backoff.hpp"

namespace greenroom::sfu {
namespace {
using base::Bitrate;

Demand camera(Layers current = {}) {
  return {{Bitrate::kbps(100), Bitrate::kbps(400), Bitrate::kbps(1200)}, 1, {2, 3}, current};
}

std::vector<int> spatial(std::vector<Demand> demands, Bitrate budget) {
  std::vector<Layers> out;
  allocate(demands, budget, out);
  std::vector<int> layers;
  for (const auto& l : out) layers.push_back(l.spatial);
  return layers;
}

TEST(Allocator, GivesTheBestThatFits) {
  EXPECT_EQ(spatial({camera()}, Bitrate::kbps(2000)), std::vector{2});
  EXPECT_EQ(spatial({camera()}, Bitrate::kbps(600)), std::vector{1});
  EXPECT_EQ(spatial({camera()}, Bitrate::kbps(200)), std::vector{0});
}

TEST(Allocator, EveryoneGetsTheLowestFirst) {
  EXPECT_EQ(spatial({camera(), camera(), camera()}, Bitrate::kbps(10)), (std::vector{0, 0, 0}));
  EXPECT_EQ(spatial({camera(), camera(), camera()}, Bitrate::kbps(1100)), (std::vector{1, 1, 0}));
}

TEST(Allocator, StayingNeedsNoMarginRisingDoes) {
  const auto budget = Bitrate::kbps(1250);
  EXPECT_EQ(spatial({camera({2, 0})}, budget), std::vector{2});
  EXPECT_EQ(spatial({camera({1, 0})}, budget), std::vector{1});
}

TEST(Allocator, SkipsEncodingsThatAreNotSent) {
  auto demand = camera();
  demand.rates = {Bitrate{0}, Bitrate::kbps(400), Bitrate{0}};
  EXPECT_EQ(spatial({demand}, Bitrate::kbps(5000)), std::vector{1});
  EXPECT_EQ(spatial({demand}, Bitrate::kbps(1)), std::vector{1});
  demand.rates = {};
  EXPECT_EQ(spatial({demand}, Bitrate::kbps(5000)), std::vector{-1});
}

TEST(Allocator, RespectsWhatIsPreferred) {
  auto demand = camera();
  demand.limit = {1, 0};
  EXPECT_EQ(spatial({demand}, Bitrate::kbps(5000)), std::vector{1});
}

TEST(Allocator, StepsThroughTemporalLayers) {
  auto demand = camera();
  demand.temporal_layers = 3;
  demand.rates = {Bitrate::kbps(1000), Bitrate{0}, Bitrate{0}};
  std::vector<Layers> out;
  allocate(std::vector{demand}, Bitrate::kbps(700), out);
  EXPECT_EQ(out[0], (Layers{0, 1}));
}

TEST(Allocator, HigherRanksGetTheirLayersFirst) {
  auto screen = camera(), speaker = camera();
  screen.rank = 2;
  speaker.rank = 1;
  EXPECT_EQ(spatial({camera(), speaker, screen}, Bitrate::kbps(1700)), (std::vector{0, 0, 2}));
  EXPECT_EQ(spatial({camera(), speaker, screen}, Bitrate::kbps(2000)), (std::vector{0, 1, 2}));
  EXPECT_EQ(spatial({camera(), speaker, screen}, Bitrate::kbps(3300)), (std::vector{1, 2, 2}));
}

Demand any_demand(base::SeededRng& rng) {
  Demand demand;
  std::int64_t rate = 0;
  for (auto& r : demand.rates)
    r = rng.below(5) == 0 ? Bitrate{0} : Bitrate{rate += 20'000 + std::int64_t(rng.below(900'000))};
  demand.temporal_layers = 1 + int(rng.below(4));
  demand.limit = {int(rng.below(3)), int(rng.below(4))};
  demand.current = {int(rng.below(4)) - 1, int(rng.below(4))};
  demand.rank = int(rng.below(3));
  return demand;
}

Bitrate total(const std::vector<Demand>& demands, const std::vector<Layers>& given) {
  Bitrate sum;
  for (std::size_t i = 0; i < demands.size(); ++i) sum = sum + rate_of(demands[i], given[i]);
  return sum;
}

// The highest rank that differs has nobody with less.
void expect_no_less(const std::vector<Demand>& demands, const std::vector<Layers>& before,
                    const std::vector<Layers>& after) {
  int decides = -1;
  for (std::size_t i = 0; i < demands.size(); ++i) {
    if (before[i] != after[i]) decides = std::max(decides, demands[i].rank);
  }
  for (std::size_t i = 0; i < demands.size(); ++i) {
    if (demands[i].rank == decides) {
      EXPECT_GE(after[i], before[i]);
    }
  }
}

TEST(Allocator, MoreBudgetNeverGivesLessAndNoneIsExceededButByTheFloor) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    base::SeededRng rng(seed);
    std::vector<Demand> demands(1 + rng.below(6));
    for (auto& demand : demands) demand = any_demand(rng);
    std::vector<Layers> floor, before, now;
    allocate(demands, {}, floor);
    before = floor;
    for (int kbps = 0; kbps < 6000; kbps += 1 + int(rng.below(200))) {
      allocate(demands, Bitrate::kbps(kbps), now);
      EXPECT_LE(total(demands, now), std::max(Bitrate::kbps(kbps), total(demands, floor)));
      expect_no_less(demands, before, now);
      before = now;
    }
  }
}

TEST(UpgradeBackoff, WaitsTwiceAsLongAfterEachFailureInARow) {
  using namespace std::chrono_literals;
  UpgradeBackoff upgrades;
  base::Instant now{1000s};
  const Layers low{0, 0}, high{2, 0};
  upgrades.given(low, false, now);
  for (const auto wait : {4s, 8s, 16s, 32s, 64s, 64s}) {
    upgrades.given(high, false, now);
    now += 3s;
    upgrades.given(low, true, now);
    EXPECT_EQ(upgrades.limit(high, now + wait - 1ms), low);
    now += wait;
    EXPECT_EQ(upgrades.limit(high, now), high);
  }
}

TEST(UpgradeBackoff, WhatHeldOrWasNotTheBandwidthIsNoFailure) {
  using namespace std::chrono_literals;
  UpgradeBackoff upgrades;
  base::Instant now{1000s};
  const Layers low{0, 0}, high{2, 0};
  upgrades.given(low, false, now);
  upgrades.given(high, false, now);
  upgrades.given(low, false, now + 1s);  // the sender stopped sending it
  EXPECT_EQ(upgrades.limit(high, now + 1s), high);
  upgrades.given(high, false, now + 2s);
  upgrades.given(low, true, now + 20s);
  EXPECT_EQ(upgrades.limit(high, now + 20s), high);
}

TEST(SteadyBudget, HoldsThroughADipAndFollowsAFall) {
  using namespace std::chrono_literals;
  SteadyBudget budget;
  const base::Instant start{1000s};
  EXPECT_EQ(budget.follow(Bitrate::kbps(1000), start), Bitrate::kbps(1000));
  EXPECT_EQ(budget.follow(Bitrate::kbps(700), start + 200ms), Bitrate::kbps(1000));
  EXPECT_EQ(budget.follow(Bitrate::kbps(1100), start + 400ms), Bitrate::kbps(1100));
  EXPECT_EQ(budget.follow(Bitrate::kbps(800), start + 600ms), Bitrate::kbps(1100));
  EXPECT_EQ(budget.follow(Bitrate::kbps(800), start + 1200ms), Bitrate::kbps(800)) << "it stays: no dip";
  EXPECT_EQ(budget.follow(Bitrate::kbps(300), start + 1400ms), Bitrate::kbps(300)) << "far down: at once";
}

TEST(Allocator, WantedIsTheSumOfTheBest) { EXPECT_GE(wanted(std::vector{camera(), camera()}), Bitrate::kbps(2400)); }

}  // namespace
}  // namespace greenroom::sfu
