#include "sfu/layer_selector.hpp"

#include <gtest/gtest.h>

namespace greenroom::sfu {
namespace {

CachedPacket packet(bool keyframe, int temporal = -1, bool sync = false) {
  CachedPacket p;
  p.size = 100;
  p.keyframe = keyframe;
  if (temporal >= 0) {
    p.vp8.emplace();
    p.vp8->temporal_layer = std::uint8_t(temporal);
    p.vp8->layer_sync = sync;
    p.vp8->start_of_partition = true;
  }
  return p;
}

TEST(LayerSelector, BeginsAndSwitchesAtKeyFramesOnly) {
  LayerSelector s(wire::MediaKind::video);
  s.set_target({1, 3});
  EXPECT_EQ(s.wants_keyframe(), 1);
  EXPECT_EQ(s.choose(1, packet(false), false), Choice::ignore);
  EXPECT_EQ(s.choose(0, packet(true), false), Choice::ignore);
  EXPECT_EQ(s.choose(1, packet(true), false), Choice::switch_);
  EXPECT_EQ(s.choose(1, packet(false), false), Choice::forward);
  s.set_target({0, 3});
  EXPECT_EQ(s.choose(1, packet(false), false), Choice::forward) << "until the other one can take over";
  EXPECT_EQ(s.choose(0, packet(true), false), Choice::switch_);
  EXPECT_EQ(s.choose(1, packet(false), false), Choice::ignore);
  EXPECT_FALSE(s.wants_keyframe());
}

TEST(LayerSelector, ARepairedKeyFrameServesWhoHasNothing) {
  LayerSelector s(wire::MediaKind::video);
  s.set_target({0, 3});
  EXPECT_EQ(s.choose(0, packet(true), true), Choice::switch_);
  s.set_target({1, 3});
  EXPECT_EQ(s.choose(1, packet(true), true), Choice::ignore) << "would lead back in time";
}

TEST(LayerSelector, SoundBeginsAnywhere) {
  LayerSelector s(wire::MediaKind::audio);
  s.set_target({0, 0});
  EXPECT_EQ(s.choose(0, packet(false), false), Choice::switch_);
  EXPECT_EQ(s.choose(0, packet(false), false), Choice::forward);
}

TEST(LayerSelector, TemporalLayersGoDownAtAPictureAndUpAtASync) {
  LayerSelector s(wire::MediaKind::video);
  s.set_target({0, 2});
  EXPECT_EQ(s.choose(0, packet(true, 0), false), Choice::switch_);
  EXPECT_EQ(s.choose(0, packet(false, 2), false), Choice::forward);
  s.set_target({0, 0});
  EXPECT_EQ(s.choose(0, packet(false, 1), false), Choice::skip);
  EXPECT_EQ(s.choose(0, packet(false, 0), false), Choice::forward);
  s.set_target({0, 2});
  EXPECT_EQ(s.choose(0, packet(false, 1), false), Choice::skip);
  EXPECT_EQ(s.choose(0, packet(false, 1, true), false), Choice::forward);
  EXPECT_EQ(s.choose(0, packet(false, 2), false), Choice::skip);
  EXPECT_EQ(s.choose(0, packet(false, 2, true), false), Choice::forward);
}

TEST(LayerSelector, NothingWithoutATarget) {
  LayerSelector s(wire::MediaKind::video);
  EXPECT_EQ(s.choose(0, packet(true), false), Choice::ignore);
}

}  // namespace
}  // namespace greenroom::sfu
