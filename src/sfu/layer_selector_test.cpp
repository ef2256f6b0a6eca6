#include "sfu/layer_selector.hpp"

#include <gtest/gtest.h>

#include <string>

namespace greenroom::sfu {
namespace {

CachedPacket packet(bool keyframe, int temporal = -1, bool sync = false) {
  CachedPacket p;
  p.size = 100;
  p.keyframe = keyframe;
  if (temporal >= 0) {
    p.picture.layered = true;
    p.picture.temporal = std::uint8_t(temporal);
    p.picture.switch_up = sync;
    p.picture.starts = true;
  }
  return p;
}

TEST(LayerSelector, BeginsAndSwitchesAtKeyFramesOnly) {
  LayerSelector s({});
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
  LayerSelector s({});
  s.set_target({0, 3});
  EXPECT_EQ(s.choose(0, packet(true), true), Choice::switch_);
  s.set_target({1, 3});
  EXPECT_EQ(s.choose(1, packet(true), true), Choice::ignore) << "would lead back in time";
}

TEST(LayerSelector, SoundBeginsAnywhere) {
  LayerSelector s({.kind = wire::MediaKind::audio});
  s.set_target({0, 0});
  EXPECT_EQ(s.choose(0, packet(false), false), Choice::switch_);
  EXPECT_EQ(s.choose(0, packet(false), false), Choice::forward);
}

TEST(LayerSelector, TemporalLayersGoDownAtAPictureAndUpAtASync) {
  LayerSelector s({});
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
  LayerSelector s({});
  EXPECT_EQ(s.choose(0, packet(true), false), Choice::ignore);
}

// ---- spatial layers within one encoding

// Pictures of VP9 with three spatial layers; one packet a layer.
class SvcTest : public testing::Test {
 protected:
  struct Picture {
    int temporal = 0;
    bool key = false;
    bool switch_up = false;
  };
  // The layers that go out of the next picture; '*' behind the one that closes it.
  std::string send(LayerSelector& s, Picture picture, int layers = 3) {
    time_.value += 3000;
    std::string out;
    for (int spatial = 0; spatial < layers; ++spatial) {
      CachedPacket p;
      p.size = 100;
      p.time = time_;
      p.keyframe = picture.key && spatial == 0;
      p.marker = spatial == layers - 1;
      p.picture.layered = p.picture.starts = p.picture.ends = true;
      p.picture.spatial = std::uint8_t(spatial);
      p.picture.temporal = std::uint8_t(picture.temporal);
      p.picture.predicted = !picture.key;
      p.picture.switch_up = picture.switch_up;
      p.picture.flexible = true;
      const auto choice = s.choose(0, p, false);
      if (choice != Choice::forward && choice != Choice::switch_) continue;
      out += std::to_string(spatial);
      if (s.closes_picture(p)) out += '*';
    }
    return out;
  }
  const Picture key{0, true, true}, delta{0, false, true}, middle{1, false, false}, top{2, false, false};
  wire::RtpTime time_{1000};
};

TEST_F(SvcTest, AllLayersBelowTheWantedOne) {
  LayerSelector s({.svc = true});
  s.set_target({1, 2});
  EXPECT_EQ(s.wants_keyframe(), 0);
  EXPECT_EQ(send(s, delta), "") << "nothing to begin with";
  EXPECT_EQ(send(s, key), "01*");
  EXPECT_EQ(send(s, delta), "01*");
  EXPECT_FALSE(s.wants_keyframe());
  EXPECT_EQ(s.encoding(), 0);
}

TEST_F(SvcTest, MoreAtAKeyFrameFewerAtTheNextPicture) {
  LayerSelector s({.svc = true});
  s.set_target({0, 2});
  EXPECT_EQ(send(s, key), "0*");
  s.set_target({2, 2});
  EXPECT_EQ(send(s, delta), "0*") << "the layers above lack their past";
  EXPECT_EQ(s.wants_keyframe(), 0);
  EXPECT_EQ(send(s, key), "012*");
  s.set_target({1, 2});
  EXPECT_FALSE(s.wants_keyframe());
  EXPECT_EQ(send(s, delta), "01*");
  EXPECT_EQ(s.current(), (Layers{1, 2}));
}

TEST_F(SvcTest, KeyDependentLayersStandAloneBetweenKeyFrames) {
  LayerSelector s({.svc = true, .key_dependent = true});
  s.set_target({2, 2});
  EXPECT_EQ(send(s, key), "012*");
  EXPECT_EQ(send(s, delta), "2*");
  s.set_target({1, 2});
  EXPECT_EQ(send(s, delta), "2*") << "a lower one has no past here";
  EXPECT_EQ(s.wants_keyframe(), 0);
  EXPECT_EQ(send(s, key), "01*");
  EXPECT_EQ(send(s, delta), "1*");
}

TEST_F(SvcTest, TemporalLayersOfAllSpatialOnes) {
  LayerSelector s({.svc = true});
  s.set_target({1, 2});
  send(s, key);
  EXPECT_EQ(send(s, top), "01*");
  s.set_target({1, 0});
  EXPECT_EQ(send(s, middle), "");
  EXPECT_EQ(send(s, delta), "01*");
  s.set_target({1, 2});
  EXPECT_EQ(send(s, middle), "") << "no point to join";
  EXPECT_EQ(send(s, delta), "01*");
  EXPECT_EQ(send(s, top), "01*") << "joined at the one before";
}

TEST_F(SvcTest, AfterAPauseOnlyAKeyFrameWillDo) {
  LayerSelector s({.svc = true});
  s.set_target({1, 2});
  send(s, key);
  s.restart();
  EXPECT_EQ(send(s, delta), "");
  EXPECT_EQ(send(s, key), "01*");
}

TEST_F(SvcTest, LatePacketsOfLayersThatAreNotForwardedStayOut) {
  LayerSelector s({.svc = true});
  s.set_target({0, 2});
  send(s, key);
  CachedPacket late;
  late.size = 100;
  late.picture.layered = late.picture.predicted = true;
  EXPECT_EQ(s.choose(0, late, true), Choice::forward);
  late.picture.spatial = 1;
  EXPECT_EQ(s.choose(0, late, true), Choice::blank);
}

}  // namespace
}  // namespace greenroom::sfu
