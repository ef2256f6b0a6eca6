#include "sfu/dependency_filter.hpp"

#include <gtest/gtest.h>

namespace greenroom::sfu {
namespace {

using wire::Indication;

// Two spatial layers, each with two temporal ones: targets {0,0} {0,1} {1,0} {1,1}.
constexpr std::array<wire::LayerId, wire::max_decode_targets> targets{wire::LayerId{0, 0}, wire::LayerId{0, 1},
                                                                      wire::LayerId{1, 0}, wire::LayerId{1, 1}};

struct Frame {
  std::uint16_t number = 0;
  std::string_view indications;  // "SSSS", as the specification writes them
  std::vector<int> references = {};
  std::uint32_t active = 0xF;
};

wire::DependencyMark mark(const Frame& frame) {
  wire::DependencyMark m;
  m.frame_number = frame.number;
  m.starts = m.ends = true;
  for (std::size_t i = 0; i < frame.indications.size(); ++i) {
    m.indications.set(i, Indication(std::string_view("-DSR").find(frame.indications[i])));
  }
  for (const int r : frame.references) m.references.add(std::uint32_t(r));
  m.active_targets = frame.active;
  m.target_count = 4;
  m.targets = &targets;
  return m;
}

class DependencyFilterTest : public testing::Test {
 protected:
  bool admits(const Frame& frame, Layers wanted, bool late = false) {
    return filter_.admits(mark(frame), wanted, late);
  }
  DependencyFilter filter_;
};

TEST_F(DependencyFilterTest, OnlyWhatTheTargetNeeds) {
  const Layers low{0, 0};
  EXPECT_TRUE(admits({0, "SSSS"}, low));
  EXPECT_EQ(filter_.current(), low);
  EXPECT_FALSE(admits({1, "--SS", {1}}, low));
  EXPECT_FALSE(admits({2, "-D-R", {2}}, low)) << "of a higher temporal layer";
  EXPECT_TRUE(admits({4, "SSRR", {4}}, low));
}

TEST_F(DependencyFilterTest, GoesUpWhereTheFrameIsASwitchPointAndCanBeDecoded) {
  EXPECT_TRUE(admits({0, "SSSS"}, {0, 0}));
  EXPECT_FALSE(admits({1, "--SS", {1}}, {0, 0}));
  EXPECT_TRUE(admits({2, "SSRR", {2}}, {1, 1}));
  EXPECT_EQ(filter_.current(), (Layers{0, 0})) << "R is no switch point";
  EXPECT_FALSE(admits({3, "--SS", {2, 1}}, {1, 1})) << "its past in the upper layer was left out";
  EXPECT_TRUE(admits({4, "SSSS"}, {1, 1})) << "key frame";
  EXPECT_EQ(filter_.current(), (Layers{1, 1}));
  EXPECT_TRUE(admits({5, "--SS", {1}}, {1, 1}));
}

TEST_F(DependencyFilterTest, AnUpperLayerThatStartsAnewIsJoinedWithoutAKeyFrame) {
  EXPECT_TRUE(admits({0, "SSSS"}, {0, 1}));
  EXPECT_TRUE(admits({1, "SSRR", {1}}, {1, 1}));
  EXPECT_TRUE(admits({2, "--SS", {1}}, {1, 1})) << "depends on the lower layer only";
  EXPECT_EQ(filter_.current(), (Layers{1, 1}));
}

TEST_F(DependencyFilterTest, GoesDownAtTheNextSwitchPoint) {
  EXPECT_TRUE(admits({0, "SSSS"}, {1, 1}));
  EXPECT_TRUE(admits({1, "--SS", {1}}, {1, 1}));
  EXPECT_TRUE(admits({2, "SSRR", {2}}, {0, 1}));
  EXPECT_EQ(filter_.current(), (Layers{0, 1}));
  EXPECT_FALSE(admits({3, "--SS", {2, 1}}, {0, 1}));
}

TEST_F(DependencyFilterTest, FramesNotSeenYetAreNoReasonToStop) {
  EXPECT_TRUE(admits({0, "SSSS"}, {0, 1}));
  EXPECT_TRUE(admits({2, "SSRR", {1}}, {0, 1})) << "the one between is under way";
  EXPECT_TRUE(admits({1, "SSRR", {1}}, {0, 1}, true));
  EXPECT_TRUE(admits({1, "SSRR", {1}}, {0, 1}, true)) << "its second packet";
  EXPECT_FALSE(admits({0xFF00, "SSSS"}, {0, 1}, true)) << "longer ago than is remembered";
}

TEST_F(DependencyFilterTest, TargetsThatAreNotActiveAreNotWanted) {
  EXPECT_TRUE(admits({0, "SSSS", {}, 0x3}, {1, 1}));
  EXPECT_EQ(filter_.current(), (Layers{0, 1}));
  EXPECT_EQ(filter_.reachable(), (Layers{0, 1}));
}

TEST_F(DependencyFilterTest, NumbersWrap) {
  EXPECT_TRUE(admits({0xFFFF, "SSSS"}, {0, 0}));
  EXPECT_FALSE(admits({0, "--SS", {1}}, {0, 0}));
  EXPECT_TRUE(admits({1, "SSRR", {2}}, {0, 0}));
}

}  // namespace
}  // namespace greenroom::sfu
