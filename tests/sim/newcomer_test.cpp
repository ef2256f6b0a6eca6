// Who comes later begins with the last key frame while that is in the cache, and does not trouble the sender.
#include <gtest/gtest.h>

#include "sim/world.hpp"

namespace greenroom::sim {
namespace {
using namespace std::chrono_literals;

SourceSettings camera(base::Bitrate rate, int temporal_layers = 1) { return {true, {rate}, temporal_layers, 30, true}; }

class Newcomer : public testing::TestWithParam<std::uint64_t> {
 protected:
  void meet(SourceSettings settings) {
    for (const auto* name : {"alice", "bob"}) world.join(name);
    world.publish("alice", "cam", std::move(settings));
    world.subscribe("bob", "alice/cam");
    world.run_for(3s);
  }
  Sink& come() {
    world.join("carol");
    world.run_for(1s);
    return world.subscribe("carol", "alice/cam");
  }
  std::uint64_t keyframes() { return world.browser("alice").source("cam")->keyframes; }
  static void expect_clean(const Sink& sink) {
    EXPECT_EQ(sink.seen_missing(), 0u);
    EXPECT_EQ(sink.out_of_line, 0u);
    EXPECT_EQ(sink.duplicates, 0u);
    EXPECT_EQ(sink.time_jumps, 0u);
    EXPECT_EQ(sink.freezes, 0u);
  }
  World world{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Seeds, Newcomer, testing::Values(1, 2, 3));

TEST_P(Newcomer, BeginsWithTheLastKeyFrameAndItsPictures) {
  meet(camera(base::Bitrate::kbps(150)));
  const auto before = keyframes();
  auto& sink = come();
  // A round trip is 40 ms, and all since the key frame leaves within a quarter of a second.
  EXPECT_TRUE(world.run_until([&] { return sink.keyframes > 0; }, 50ms));
  EXPECT_TRUE(world.run_until([&] { return sink.frames > 120; }, 300ms)) << sink.frames << " pictures";
  world.run_for(3s);
  EXPECT_EQ(keyframes(), before);
  EXPECT_EQ(sink.keyframes, 1u);
  expect_clean(sink);
}

TEST_P(Newcomer, BeginsSoWithTemporalLayersToo) {
  meet(camera(base::Bitrate::kbps(150), 3));
  const auto before = keyframes();
  auto& sink = come();
  world.run_for(3s);
  EXPECT_EQ(keyframes(), before);
  EXPECT_GT(sink.frames, 200u);
  expect_clean(sink);
}

// The present is where a picture would have been that was forwarded all along.
TEST_P(Newcomer, IsShownThePresent) {
  meet(camera(base::Bitrate::kbps(150)));
  auto& sink = come();
  world.run_until([&] { return sink.packets > 0; }, 100ms);
  const auto first = sink.last_time;
  world.run_for(2s);
  const auto seconds = double(distance(sink.last_time, first)) / 90'000;
  EXPECT_GT(seconds, 1.9);
  EXPECT_LT(seconds, 2.4) << "four seconds of pictures, shown in a quarter";
}

TEST_P(Newcomer, WaitsForANewKeyFrameWhenThereIsTooMuchToCatchUpWith) {
  meet(camera(base::Bitrate::kbps(1200)));
  const auto before = keyframes();
  auto& sink = come();
  EXPECT_TRUE(world.run_until([&] { return sink.keyframes > 0; }, 500ms));
  EXPECT_EQ(keyframes(), before + 1);
  world.run_for(2s);
  expect_clean(sink);
}

}  // namespace
}  // namespace greenroom::sim
