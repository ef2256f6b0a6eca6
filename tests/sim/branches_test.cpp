// Rooms that span shards, in virtual time. That they look like others is tested by running calls, data channels and
// scenarios over branches as well; here is what is particular to them.
#include <gtest/gtest.h>

#include "sim/world.hpp"

namespace greenroom::sim {
namespace {
using namespace std::chrono_literals;
using base::Bitrate;

class BranchesTest : public testing::TestWithParam<std::uint64_t> {
 protected:
  sfu::ShardCounters counters() { return world.stats().counters; }
  Sink& sink(const std::string& name, const std::string& label = "alice/cam") {
    return *world.browser(name).sink(label);
  }
  // alice on one shard, the others on others.
  void meet(std::initializer_list<const char*> others) {
    world.join("alice");
    for (const auto* name : others) world.join(name);
  }
  World world{GetParam(), nullptr, {}, spread};
};
INSTANTIATE_TEST_SUITE_P(Seeds, BranchesTest, testing::Values(1, 2, 3));

TEST_P(BranchesTest, PeopleComeToShardsInTurn) {
  meet({"bob", "carol", "dave"});
  EXPECT_EQ(std::set<std::size_t>({world.shard_of("alice"), world.shard_of("bob"), world.shard_of("carol")}).size(),
            3u);
  EXPECT_EQ(world.stats().branches, 3u);
  EXPECT_EQ(world.stats().peers, 4u);
  for (const auto* name : {"bob", "carol", "dave"}) world.leave(name);
  EXPECT_EQ(world.stats().branches, 0u) << "branches end with the last of their people";
}

// One copy for a branch, and only of what somebody there gets.
TEST_P(BranchesTest, OnlyWhatIsConsumedIsPiped) {
  meet({"bob", "carol", "dave"});
  world.publish("alice", "cam", simulcast());
  world.publish("alice", "mic", microphone());
  world.run_for(2s);
  EXPECT_EQ(counters().piped_out, 0u);
  world.subscribe("bob", "alice/cam", false);
  world.run_for(1s);
  EXPECT_EQ(counters().piped_out, 0u) << "a paused consumer wants nothing";
  world.resume("bob", "alice/cam");
  ASSERT_TRUE(world.run_until([&] { return sink("bob").layer == 2; }, 10s));
  world.run_for(500ms);
  const auto before = counters().piped_out;
  const auto packets = sink("bob").packets;
  world.run_for(5s);
  const auto piped = counters().piped_out - before;
  EXPECT_NEAR(double(piped), double(sink("bob").packets - packets), 0.05 * double(piped)) << "the highest layer alone";
  world.pause("bob", "alice/cam");
  world.run_for(500ms);
  const auto paused = counters().piped_out;
  world.run_for(2s);
  EXPECT_EQ(counters().piped_out, paused);
  EXPECT_EQ(counters().dropped_pipe, 0u);
}

TEST_P(BranchesTest, LayersFollowEachSubscribersPathAcrossThePipe) {
  meet({"bob", "carol"});
  world.publish("alice", "cam", simulcast());
  for (const auto* name : {"bob", "carol"}) world.subscribe(name, "alice/cam");
  world.down("carol").settings.rate = Bitrate::kbps(300);
  EXPECT_TRUE(world.run_until([&] { return sink("bob").layer == 2 && sink("carol").layer == 0; }, 15s))
      << sink("bob").layer << " " << sink("carol").layer;
  world.down("carol").settings.rate = Bitrate{0};
  EXPECT_TRUE(world.run_until([&] { return sink("carol").layer == 2; }, 30s)) << sink("carol").layer;
  for (const auto* name : {"bob", "carol"}) EXPECT_EQ(sink(name).time_jumps, 0u) << name;
}

// What a subscriber loses comes from its own branch; the sender and the pipe hear nothing of it.
TEST_P(BranchesTest, LossIsRepairedFromTheBranchsOwnCache) {
  meet({"bob"});
  world.down("bob").settings.loss = 0.08;
  world.down("bob").settings.burst = 1.5;
  world.publish("alice", "cam", {true, {Bitrate::kbps(600)}, 1, 30, true});
  world.subscribe("bob", "alice/cam");
  world.run_for(10s);
  EXPECT_GT(sink("bob").recovered, 40u);
  EXPECT_LT(double(sink("bob").seen_missing()), 0.01 * double(sink("bob").packets));
  const auto sent = world.browser("alice").source("cam")->packets_sent;
  EXPECT_LE(counters().piped_out, sent);
  EXPECT_EQ(world.browser("alice").source("cam")->retransmitted, 0u);
}

// What the way up loses is repaired once, and the repair goes through the pipe.
TEST_P(BranchesTest, RepairsOfTheSenderReachTheOthers) {
  meet({"bob"});
  world.up("alice").settings.loss = 0.08;
  world.publish("alice", "cam", {true, {Bitrate::kbps(600)}, 1, 30, true});
  world.subscribe("bob", "alice/cam");
  world.run_for(10s);
  EXPECT_GT(world.browser("alice").source("cam")->retransmitted, 30u);
  EXPECT_LT(double(sink("bob").seen_missing()), 0.01 * double(sink("bob").packets));
}

TEST_P(BranchesTest, ManyWhoLoseTheirPictureCostOneRequestASecond) {
  world.join("alice");
  std::vector<std::string> others;
  for (int i = 0; i < 20; ++i) others.push_back("s" + std::to_string(i));
  for (const auto& name : others) world.join(name);
  world.publish("alice", "cam", simulcast());
  const auto begin = world.now();
  for (const auto& name : others) world.subscribe(name, "alice/cam");
  while (world.now() < begin + 8s) {
    const auto& name = others[world.rng().below(others.size())];
    world.browser(name).side(false).transport->receiver(sink(name).receiver)->encoding(0).keyframe.request();
    world.run_for(std::chrono::milliseconds(world.rng().below(40)));
  }
  const double seconds = base::to_seconds(world.now() - begin);
  for (const auto& peer : world.stats().room_peers) {
    for (const auto& producer : peer.producers) {
      for (const auto& layer : producer.layers) {
        EXPECT_LE(double(layer.key_frame_requests), seconds + rtc::KeyframeRequests::burst);
      }
    }
  }
  for (const auto& name : others) EXPECT_GT(sink(name).keyframes, 0u) << name;
}

TEST_P(BranchesTest, PausesAndClosesReachTheOtherBranches) {
  meet({"bob"});
  world.publish("alice", "cam", simulcast());
  world.subscribe("bob", "alice/cam");
  ASSERT_TRUE(world.run_until([&] { return sink("bob").keyframes > 0; }, 2s));
  world.ask<sfu::Done>(sfu::PauseProducer{world.room, world.peer("alice"), world.producer("alice/cam")});
  ASSERT_EQ(world.events_of<sfu::ConsumerPaused>().size(), 1u);
  EXPECT_EQ(world.events_of<sfu::ConsumerPaused>()[0].peer, world.peer("bob"));
  world.run_for(500ms);
  const auto packets = sink("bob").packets;
  world.run_for(1s);
  EXPECT_EQ(sink("bob").packets, packets);
  world.ask<sfu::Done>(sfu::ResumeProducer{world.room, world.peer("alice"), world.producer("alice/cam")});
  const auto keyframes = sink("bob").keyframes;
  EXPECT_TRUE(world.run_until([&] { return sink("bob").keyframes > keyframes; }, 1500ms));
  world.unpublish("alice", "cam");
  ASSERT_EQ(world.events_of<sfu::ConsumerClosed>().size(), 1u);
  EXPECT_EQ(world.events_of<sfu::ConsumerClosed>()[0].peer, world.peer("bob"));
  EXPECT_EQ(world.stats().imports, 0u);
}

// Once for the room, whoever many shards it is on.
TEST_P(BranchesTest, LevelsAndTheSpeakerAreToldOnce) {
  auto quiet = microphone();
  quiet.speaking = false;
  meet({"bob", "carol"});
  world.publish("alice", "mic", quiet);
  world.publish("bob", "mic", quiet);
  world.publish("carol", "mic", microphone());
  world.run_for(6s);
  const auto speakers = world.events_of<sfu::ActiveSpeaker>();
  ASSERT_EQ(speakers.size(), 1u);
  EXPECT_EQ(speakers[0].peer, world.peer("carol"));
  const auto levels = world.events_of<sfu::AudioLevels>();
  EXPECT_NEAR(double(levels.size()), 20, 2);
  EXPECT_EQ(levels.back().levels.front().peer, world.peer("carol"));
  for (const auto& event : levels) EXPECT_LE(event.levels.size(), 3u);
}

TEST_P(BranchesTest, EveryBranchIsRecordedAlsoThoseThatComeLater) {
  world.join("alice");
  world.publish("alice", "mic", microphone());
  world.start_backup("take");
  world.join("bob");
  world.publish("bob", "mic", microphone());
  world.subscribe_all();
  world.run_for(3s);
  world.stop_backup("take");
  ASSERT_EQ(world.backups().size(), 2u) << "each track once, where it is sent to";
  for (const auto& [track, log] : world.backups()) {
    EXPECT_GT(log.packets.size(), 120u);
    EXPECT_TRUE(log.ended);
  }
}

// The people of the shard that hangs have to come back; those on others stay, and lose what came from there.
TEST_P(BranchesTest, AShardThatIsLostTakesItsOwnPeopleOnly) {
  meet({"bob", "carol"});
  for (const auto* name : {"alice", "bob", "carol"}) world.publish(name, "cam", simulcast());
  world.subscribe_all();
  world.run_for(3s);
  const auto bob = world.peer("bob");
  world.lose_shard(std::uint16_t(world.shard_of("bob")));
  const auto lost = world.events_of<sfu::PeersLost>();
  ASSERT_EQ(lost.size(), 1u);
  EXPECT_EQ(lost[0].peers, std::vector<sfu::PeerId>{bob});
  EXPECT_EQ(world.events_of<sfu::ConsumerClosed>().size(), 2u);
  EXPECT_EQ(world.browser("alice").sinks().size(), 1u);
  const auto packets = sink("carol").packets;
  world.run_for(2s);
  EXPECT_GT(sink("carol").packets, packets + 100);
  world.join("bob2");
  world.publish("bob2", "cam", simulcast());
  world.subscribe("bob2", "alice/cam");
  world.subscribe("alice", "bob2/cam");
  EXPECT_TRUE(
      world.run_until([&] { return sink("bob2").keyframes > 0 && sink("alice", "bob2/cam").keyframes > 0; }, 2s));
}

TEST_P(BranchesTest, WithoutTheHomeAnotherBecomesIt) {
  meet({"bob", "carol"});
  for (const auto* name : {"bob", "carol"}) world.publish(name, "mic", microphone());
  world.run_for(2s);
  world.lose_shard(std::uint16_t(world.shard_of("alice")));
  const auto before = world.events_of<sfu::AudioLevels>().size();
  world.run_for(3s);
  const auto levels = world.events_of<sfu::AudioLevels>();
  EXPECT_NEAR(double(levels.size() - before), 10, 2);
  EXPECT_EQ(levels.back().levels.size(), 2u);
}

// A pipe too small for a picture loses packets; it counts them, asks for key frames, and goes on.
TEST_P(BranchesTest, WhatOverflowsIsCountedAndHeals) {
  World narrow(GetParam(), nullptr, {}, {2, 1, 4096});
  narrow.join("alice");
  narrow.join("bob");
  narrow.publish("alice", "cam", {true, {Bitrate::kbps(4000)}, 1, 30, true});  // 16 KB a picture, in one burst
  auto& sink = narrow.subscribe("bob", "alice/cam");
  narrow.run_for(5s);
  EXPECT_GT(narrow.stats().counters.dropped_pipe, 100u);
  EXPECT_GT(narrow.browser("alice").source("cam")->keyframes, 1u);
  EXPECT_GT(sink.packets, 50u);
  EXPECT_EQ(narrow.egress().duplicates + narrow.egress().backward, 0u);
}

}  // namespace
}  // namespace greenroom::sim
