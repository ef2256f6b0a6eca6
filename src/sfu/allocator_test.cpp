#include "sfu/allocator.hpp"

#include <gtest/gtest.h>

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

TEST(Allocator, WantedIsTheSumOfTheBest) { EXPECT_GE(wanted(std::vector{camera(), camera()}), Bitrate::kbps(2400)); }

}  // namespace
}  // namespace greenroom::sfu
