#include "sfu/arrivals.hpp"

#include <gtest/gtest.h>

namespace greenroom::sfu {
namespace {
using namespace std::chrono_literals;
constexpr base::Instant start{1000s};

rtc::ProducerPlan plan(wire::MediaKind kind) {
  rtc::ProducerPlan out;
  out.kind = kind;
  out.clock_rate = 90000;
  out.encodings.resize(1);
  return out;
}

class ArrivalsTest : public testing::Test {
 protected:
  void arrive(UpTrack& track, bool ends = true) {
    if (track.fanout.idle()) arrivals.add(track);
    track.fanout.add({{1}, 0}, ends, start);
  }
  void finish(UpTrack& track) {
    track.fanout.begin_round();
    track.fanout.end_round();
    arrivals.settle(track);
  }
  UpTrack camera{{}, {}, plan(wire::MediaKind::video), {}}, other{{}, {}, plan(wire::MediaKind::video), {}};
  UpTrack microphone{{}, {}, plan(wire::MediaKind::audio), {}};
  Arrivals arrivals;
};

TEST_F(ArrivalsTest, SoundGoesFirst) {
  arrive(camera);
  arrive(microphone);
  EXPECT_EQ(arrivals.take(start), &microphone);
  finish(microphone);
  EXPECT_EQ(arrivals.take(start), &camera);
  finish(camera);
  EXPECT_EQ(arrivals.take(start), nullptr);
  EXPECT_EQ(arrivals.next_deadline(), base::Instant::max());
}

TEST_F(ArrivalsTest, WhoIsInterruptedWaitsForTheOthers) {
  arrive(camera);
  arrive(other);
  EXPECT_EQ(arrivals.take(start), &camera);
  camera.fanout.begin_round();
  arrivals.settle(camera);
  EXPECT_EQ(arrivals.take(start), &other);
  finish(other);
  EXPECT_EQ(arrivals.take(start), &camera);
}

TEST_F(ArrivalsTest, AnUnfinishedPictureHoldsNobodyUp) {
  arrive(camera, false);
  arrive(other);
  EXPECT_EQ(arrivals.take(start), &other);
  finish(other);
  EXPECT_EQ(arrivals.take(start), nullptr);
  EXPECT_EQ(arrivals.next_deadline(), start + gather_shortest);
  EXPECT_EQ(arrivals.take(start + gather_shortest), &camera);
}

TEST_F(ArrivalsTest, WhoIsGoneIsNotTaken) {
  arrive(camera);
  arrivals.forget(camera);
  EXPECT_EQ(arrivals.take(start), nullptr);
}

}  // namespace
}  // namespace greenroom::sfu
