// What subscribers get on paths that are narrow, that change, that lose: in virtual time, each case under several
// seeds, which a failure names.
#include <gtest/gtest.h>

#include "sim/world.hpp"

namespace greenroom::sim {
namespace {
using namespace std::chrono_literals;
using base::Bitrate;

// Browsers send at most 1,200 bytes of RTP. 1,232 is what IPv6 carries anywhere (RFC 8200 §5: 1,280 less the headers).
constexpr std::size_t largest_packet = 1150, largest_datagram = 1232;
constexpr base::Duration continuity = 500ms;  // of sound: a jitter buffer stretches that far

class Bandwidth : public testing::TestWithParam<std::uint64_t> {
 protected:
  // alice sends sound and pictures to bob.
  void call(World& world) {
    world.join("alice");
    world.publish("alice", "mic", microphone());
    world.publish("alice", "cam", simulcast(largest_packet));
    hear(world, "bob");
  }
  static void hear(World& world, const std::string& name) {
    world.join(name);
    world.subscribe(name, "alice/mic");
    world.subscribe(name, "alice/cam");
  }
  static void limit(World& world, const std::string& name, Bitrate rate, std::size_t queue = 32'000) {
    world.down(name).settings.rate = rate;
    world.down(name).settings.queue_bytes = queue;
  }
  static Sink& camera(World& world, const std::string& name = "bob") { return *world.browser(name).sink("alice/cam"); }
  static Sink& sound(World& world, const std::string& name = "bob") { return *world.browser(name).sink("alice/mic"); }
  static bool reaches(World& world, int layer, base::Duration at_most, const std::string& name = "bob") {
    return world.run_until([&] { return camera(world, name).layer == layer; }, at_most);
  }
  // What holds whatever the path does.
  static void expect_sane(World& world) {
    EXPECT_EQ(world.egress().duplicates, 0u);
    EXPECT_EQ(world.egress().backward, 0u);
    EXPECT_LE(world.egress().largest, largest_datagram);
  }
  static void expect_sound(World& world, const std::string& name = "bob") {
    const auto& sink = sound(world, name);
    EXPECT_LE(sink.longest_gap, continuity);
    EXPECT_EQ(sink.freezes, 0u);
    EXPECT_GT(sink.packets, 50u);
  }
};
INSTANTIATE_TEST_SUITE_P(Seeds, Bandwidth, testing::Range<std::uint64_t>(1, 9));

TEST_P(Bandwidth, FollowsAStepDownWithinFourSecondsAndUpWithinEight) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  World world(GetParam());
  call(world);
  limit(world, "bob", Bitrate::kbps(3000));
  EXPECT_TRUE(reaches(world, 2, 8s)) << "at first: " << camera(world).layer;
  world.run_for(std::chrono::milliseconds(4000 + world.rng().below(2000)));
  limit(world, "bob", Bitrate::kbps(300));
  EXPECT_TRUE(reaches(world, 0, 4s)) << "down: " << camera(world).layer;
  world.run_for(15s);
  EXPECT_EQ(camera(world).layer, 0);
  EXPECT_LE(camera(world).switches, 8u);
  limit(world, "bob", Bitrate::kbps(3000));
  EXPECT_TRUE(reaches(world, 2, 8s)) << "up: " << camera(world).layer;
  world.run_for(5s);
  EXPECT_EQ(camera(world).layer, 2);
  EXPECT_EQ(camera(world).time_jumps, 0u);
  expect_sound(world);
  expect_sane(world);
}

TEST_P(Bandwidth, AStepWhileItIsProbingIsNotMistakenForRoom) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  World world(GetParam());
  call(world);
  const auto probes = [&] { return world.stats().counters.probes; };
  limit(world, "bob", Bitrate::kbps(1800));
  const auto wanted = 1 + world.rng().below(2);
  world.run_until([&] { return probes() >= wanted; }, 10s);
  world.run_for(std::chrono::milliseconds(world.rng().below(150)));
  limit(world, "bob", Bitrate::kbps(300));
  world.run_for(4s);
  EXPECT_EQ(camera(world).layer, 0);
  world.run_for(10s);
  EXPECT_EQ(camera(world).layer, 0);
  expect_sound(world);
  expect_sane(world);
}

TEST_P(Bandwidth, LossWithoutDelayDoesNotCollapseIt) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  World world(GetParam());
  call(world);
  world.down("bob").settings.loss = 0.05;
  world.down("bob").settings.jitter = 10ms;
  EXPECT_TRUE(reaches(world, 2, 12s));
  const auto before = camera(world).switches;
  world.run_for(30s);
  EXPECT_EQ(camera(world).layer, 2);
  EXPECT_LE(camera(world).switches - before, 2u);
  expect_sound(world);
  expect_sane(world);
}

TEST_P(Bandwidth, SoundGoesOnThroughLossJitterAndReordering) {
  for (const double loss : {0.0, 0.05, 0.1, 0.2}) {
    SCOPED_TRACE("seed " + std::to_string(GetParam()) + " loss " + std::to_string(loss));
    World world(GetParam());
    call(world);
    for (auto* link : {&world.up("alice"), &world.down("bob")}) {
      link->settings.loss = loss;
      link->settings.burst = 1.5;
      link->settings.jitter = 20ms;
      link->settings.reorder = 0.02;
      link->settings.duplicate = 0.01;
    }
    world.run_for(20s);
    expect_sound(world);
    EXPECT_GE(camera(world).layer, 0);
    EXPECT_LE(camera(world).freezes, loss > 0.1 ? 2u : 0u);
    EXPECT_EQ(world.egress().duplicates, 0u);
    EXPECT_LE(world.egress().largest, largest_datagram);
    const auto quality = world.events_of<sfu::PeerQuality>();
    if (loss == 0.2) {
      EXPECT_FALSE(quality.empty());
    }
    if (loss == 0) {
      EXPECT_TRUE(quality.empty()) << quality.front().quality.score;
    }
  }
}

TEST_P(Bandwidth, TwoBehindOneBottleneckBothGetOn) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  World world(GetParam());
  call(world);
  hear(world, "carol");
  limit(world, "bob", Bitrate::kbps(1300), 64'000);
  world.share_down("carol", "bob");
  world.run_for(20s);
  const auto before = camera(world).switches + camera(world, "carol").switches;
  for (const auto* name : {"bob", "carol"}) camera(world, name).freezes = 0;
  world.run_for(30s);
  EXPECT_LE(camera(world).switches + camera(world, "carol").switches - before, 6u);
  for (const auto* name : {"bob", "carol"}) {
    SCOPED_TRACE(name);
    EXPECT_GE(camera(world, name).layer, 0);
    EXPECT_EQ(camera(world, name).freezes, 0u);
    expect_sound(world, name);
  }
  expect_sane(world);
}

// Whatever the rate, layers settle: each failed attempt at more waits twice as long for the next.
TEST_P(Bandwidth, NoRateMakesLayersSwingToAndFro) {
  for (const int kbps : {250, 350, 450, 520, 600, 800, 1000, 1300, 1400, 1600, 2000}) {
    SCOPED_TRACE("seed " + std::to_string(GetParam()) + " rate " + std::to_string(kbps));
    World world(GetParam() * 1000 + std::uint64_t(kbps));
    call(world);
    limit(world, "bob", Bitrate::kbps(kbps), 24'000);
    world.run_for(10s);
    const auto before = camera(world).switches;
    world.run_for(30s);
    EXPECT_LE(camera(world).switches - before, 4u);
    if (kbps >= 600) {
      EXPECT_GE(camera(world).layer, 1);
    }
    if (kbps >= 1800) {
      EXPECT_EQ(camera(world).layer, 2);
    }
    if (kbps < 400) {
      EXPECT_EQ(camera(world).layer, 0);
    }
    expect_sound(world);
    expect_sane(world);
  }
}

TEST_P(Bandwidth, TheScreenAndTheSpeakerComeFirst) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  World world(GetParam());
  auto quiet = microphone();
  quiet.speaking = false;
  for (const auto* name : {"alice", "carol", "dave"}) {
    world.join(name);
    world.publish(name, "cam", simulcast(largest_packet));
    world.publish(name, "mic", std::string(name) == "carol" ? microphone() : quiet);
  }
  world.publish("alice", "screen", simulcast(largest_packet), "screen");
  world.join("bob");
  limit(world, "bob", Bitrate::kbps(2600), 48'000);
  world.subscribe_all();
  world.run_for(25s);
  const auto layer = [&](const char* label) { return world.browser("bob").sink(label)->layer; };
  EXPECT_EQ(layer("alice/screen"), 2);
  EXPECT_GE(layer("carol/cam"), layer("dave/cam"));
  EXPECT_GE(layer("carol/cam"), 1);
  EXPECT_EQ(world.browser("bob").sink("carol/mic")->freezes, 0u);
  expect_sane(world);
}

// Three hundred subscribers who come, lose their pictures and go: the sender is asked once for all of them.
TEST(KeyFrames, ThreeHundredSubscribersCostOneRequestASecondAtMost) {
  SCOPED_TRACE("seed 5");
  sfu::ShardConfig config;
  config.max_peers_per_room = 400;
  World world(5, nullptr, config);
  world.grain = 5ms;
  world.join("alice");
  world.publish("alice", "cam", {true, {Bitrate::kbps(60), Bitrate::kbps(120), Bitrate::kbps(200)}, 1, 10, true});
  constexpr int subscribers = 300;
  for (int i = 0; i < subscribers; ++i) {
    const auto name = "s" + std::to_string(i);
    world.join(name);
    world.down(name).settings.loss = 0.02;
    world.subscribe(name, "alice/cam");
    if (i % 10 == 0) world.run_for(std::chrono::milliseconds(world.rng().below(100)));
  }
  const auto joined = world.now();
  while (world.now() < joined + 8s) {
    const auto name = "s" + std::to_string(world.rng().below(subscribers));
    auto& browser = world.browser(name);
    const auto& sink = *browser.sink("alice/cam");
    browser.side(false).transport->receiver(sink.receiver)->encoding(0).keyframe.request();
    world.run_for(std::chrono::milliseconds(world.rng().below(40)));
  }
  const double seconds = base::to_seconds(world.now() - base::Instant(1000s));
  for (const auto& peer : world.stats().room_peers) {
    for (const auto& producer : peer.producers) {
      for (const auto& layer : producer.layers) {
        EXPECT_LE(double(layer.key_frame_requests), seconds + rtc::KeyframeRequests::burst);
      }
    }
  }
  int seen = 0;
  for (int i = 0; i < subscribers; ++i) {
    seen += world.browser("s" + std::to_string(i)).sink("alice/cam")->keyframes > 0 ? 1 : 0;
  }
  EXPECT_EQ(seen, subscribers);
}

}  // namespace
}  // namespace greenroom::sim
