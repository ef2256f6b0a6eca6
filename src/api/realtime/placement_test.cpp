#include "api/realtime/placement.hpp"

#include <gtest/gtest.h>

namespace greenroom::api::realtime {
namespace {

constexpr NodeLimits limits{.busy = 0.7, .rooms = 30};
constexpr NodeLoad idle{0, 0}, busy{0.7, 1}, crowded{0.1, 30};

TEST(Placement, ARoomBeginsWhereItIsAskedForAsLongAsThatHasNotEnough) {
  EXPECT_EQ(better_node({0.69, 29}, {{"b", idle}}, limits), std::nullopt);
  EXPECT_EQ(better_node(busy, {{"b", idle}}, limits), "b");
  EXPECT_EQ(better_node(crowded, {{"b", idle}}, limits), "b");
}

TEST(Placement, TheLeastLoadedOfTheOthersGetsIt) {
  EXPECT_EQ(better_node(busy, {{"b", {0.5, 2}}, {"c", {0.2, 9}}, {"d", {0.4, 0}}}, limits), "c");
  EXPECT_EQ(better_node(busy, {{"b", {0.21, 9}}, {"c", {0.29, 3}}}, limits), "c") << "alike: fewer rooms";
  EXPECT_EQ(better_node(busy, {{"b", crowded}, {"c", {0.69, 29}}}, limits), "c");
}

TEST(Placement, WhereAllHaveEnoughItStays) {
  EXPECT_EQ(better_node(busy, {}, limits), std::nullopt);
  EXPECT_EQ(better_node(busy, {{"b", crowded}, {"c", busy}}, limits), std::nullopt);
}

TEST(Placement, WhatANodeSaysOfItselfIsReadAsItWasWrittenOrNotAtAll) {
  const NodeLoad load{0.25, 7};
  EXPECT_EQ(parse_node_load(print_node_load(load)), load);
  for (const auto* bad : {"", "{}", "[]", R"({"busy":0.5})", R"({"busy":-1,"rooms":0})", R"({"busy":1.5,"rooms":0})",
                          R"({"busy":0,"rooms":-1})", R"({"busy":"0","rooms":0})"}) {
    EXPECT_EQ(parse_node_load(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace greenroom::api::realtime
