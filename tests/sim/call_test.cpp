// Calls in virtual time. Each test prints its seed when it fails (SCOPED_TRACE) and is repeated under several seeds.
#include <gtest/gtest.h>

#include "sim/world.hpp"

namespace greenroom::sim {
namespace {
using namespace std::chrono_literals;
using base::Bitrate;

SourceSettings camera() { return {true, {Bitrate::kbps(600)}, 1, 30, true}; }

class Call : public testing::TestWithParam<std::uint64_t> {
 protected:
  std::uint64_t seed() const { return GetParam(); }
  Sharding sharding() const { return seed() > 100 ? spread : Sharding{}; }  // some are over three shards
};
INSTANTIATE_TEST_SUITE_P(Seeds, Call, testing::Values(1, 2, 3, 101, 102));

TEST_P(Call, ThreePeopleAllSeeAndHearAll) {
  World world(seed(), nullptr, {}, sharding());
  for (const auto* name : {"alice", "bob", "carol"}) {
    world.join(name);
    world.publish(name, "mic", microphone());
    world.publish(name, "cam", camera());
  }
  world.subscribe_all();
  world.run_for(5s);
  for (const auto* name : {"alice", "bob", "carol"}) {
    EXPECT_EQ(world.browser(name).sinks().size(), 4u);
    for (const auto& [label, sink] : world.browser(name).sinks()) {
      SCOPED_TRACE(std::string(name) + " <- " + label);
      EXPECT_GT(sink.packets, sink.video ? 250u : 200u);
      EXPECT_EQ(sink.seen_missing(), 0u);
      EXPECT_EQ(sink.time_jumps, 0u);
      EXPECT_EQ(sink.freezes, 0u);
      EXPECT_GE(sink.keyframes, sink.video ? 1u : 0u);
    }
  }
  const auto stats = world.stats();
  EXPECT_EQ(stats.peers, 3u);
  EXPECT_EQ(stats.producers, 6u);
  EXPECT_EQ(stats.consumers, 12u);
  EXPECT_EQ(stats.counters.dropped_malformed + stats.counters.dropped_forged + stats.counters.dropped_unknown, 0u);
  EXPECT_EQ(stats.counters.dropped_unexpected, 0u);
  EXPECT_FALSE(world.events_of<sfu::ActiveSpeaker>().empty());
}

TEST_P(Call, LossIsRepairedByRetransmission) {
  World world(seed(), nullptr, {}, sharding());
  world.join("alice");
  world.join("bob");
  for (auto* link : {&world.up("alice"), &world.down("bob")}) {
    link->settings.loss = 0.08;
    link->settings.burst = 1.5;
    link->settings.jitter = 5ms;
  }
  world.publish("alice", "cam", camera());
  auto& sink = world.subscribe("bob", "alice/cam");
  world.run_for(10s);
  EXPECT_GT(sink.packets, 600u);
  EXPECT_GT(sink.recovered, 50u);
  EXPECT_LT(double(sink.seen_missing()), 0.01 * double(sink.packets));
  EXPECT_EQ(sink.time_jumps, 0u);
}

TEST_P(Call, LayerFollowsTheBandwidthDownAndUp) {
  World world(seed(), nullptr, {}, sharding());
  world.join("alice");
  world.join("bob");
  world.publish("alice", "cam", simulcast());
  auto& sink = world.subscribe("bob", "alice/cam");
  EXPECT_TRUE(world.run_until([&] { return sink.layer == 2; }, 20s)) << "layer " << sink.layer;
  world.down("bob").settings.rate = Bitrate::kbps(300);
  EXPECT_TRUE(world.run_until([&] { return sink.layer == 0; }, 10s)) << "layer " << sink.layer;
  world.run_for(5s);
  EXPECT_EQ(sink.layer, 0);
  sink.freezes = 0;
  world.run_for(5s);
  EXPECT_EQ(sink.freezes, 0u);
  world.down("bob").settings.rate = Bitrate{0};
  EXPECT_TRUE(world.run_until([&] { return sink.layer == 2; }, 30s)) << "layer " << sink.layer;
  EXPECT_EQ(sink.time_jumps, 0u);
}

TEST_P(Call, ResumeBringsAKeyFrame) {
  World world(seed(), nullptr, {}, sharding());
  world.join("alice");
  world.join("bob");
  world.publish("alice", "cam", camera());
  auto& sink = world.subscribe("bob", "alice/cam", false);
  world.run_for(3s);
  EXPECT_EQ(sink.packets, 0u);
  world.resume("bob", "alice/cam");
  EXPECT_TRUE(world.run_until([&] { return sink.keyframes > 0; }, 500ms));
  world.pause("bob", "alice/cam");
  world.run_for(500ms);
  const auto packets = sink.packets;
  world.run_for(1s);
  EXPECT_EQ(sink.packets, packets);
  const auto keyframes = sink.keyframes;
  world.resume("bob", "alice/cam");
  EXPECT_TRUE(world.run_until([&] { return sink.keyframes > keyframes; }, 1500ms));
  EXPECT_EQ(sink.seen_missing(), 0u);
  EXPECT_EQ(sink.time_jumps, 0u);
}

TEST_P(Call, LeavingClosesTheConsumersOfOthers) {
  World world(seed(), nullptr, {}, sharding());
  for (const auto* name : {"alice", "bob", "carol"}) world.join(name);
  world.publish("alice", "mic", microphone());
  world.publish("alice", "cam", camera());
  world.publish("bob", "mic", microphone());
  world.subscribe_all();
  world.run_for(1s);
  world.leave("alice");
  EXPECT_EQ(world.events_of<sfu::ConsumerClosed>().size(), 4u);
  EXPECT_EQ(world.browser("bob").sinks().size(), 0u);
  EXPECT_EQ(world.browser("carol").sinks().size(), 1u);
  const auto before = world.browser("carol").sink("bob/mic")->packets;
  world.run_for(1s);
  EXPECT_GT(world.browser("carol").sink("bob/mic")->packets, before + 40);
  EXPECT_EQ(world.stats().transports, 4u);
}

TEST_P(Call, GarbageIsCountedAndDisturbsNothing) {
  World world(seed(), nullptr, {}, sharding());
  auto& alice = world.join("alice");
  world.join("bob");
  world.publish("alice", "cam", camera());
  auto& sink = world.subscribe("bob", "alice/cam");
  world.run_for(1s);
  const auto stranger = base::Address::v4(6, 6, 6, 6, 666);
  for (int i = 0; i < 3000; ++i) {
    base::Bytes noise(world.rng().below(200));
    world.rng().fill(noise);
    const bool known = i % 2 == 0;  // half of it with the address of somebody in the call
    if (!noise.empty() && i % 3 == 0) noise[0] = std::uint8_t(0x80 | (noise[0] & 0x3f));
    world.inject(known ? alice.address(true) : stranger, noise);
    if (i % 10 == 0) world.run_for(1ms);
  }
  world.run_for(1s);
  const auto counters = world.stats().counters;
  EXPECT_GT(counters.dropped_unknown, 1000u);
  EXPECT_GT(counters.dropped_forged + counters.dropped_malformed, 300u);
  EXPECT_EQ(sink.seen_missing(), 0u);
  EXPECT_EQ(sink.freezes, 0u);
  EXPECT_TRUE(world.events_of<sfu::ConsumerClosed>().empty());
}

TEST_P(Call, IceRestartGoesOnWithoutAGap) {
  World world(seed(), nullptr, {}, sharding());
  world.join("alice");
  world.join("bob");
  world.publish("alice", "cam", camera());
  auto& sink = world.subscribe("bob", "alice/cam");
  world.run_for(2s);
  world.restart_ice("alice");
  world.restart_ice("bob");
  const auto before = sink.packets;
  world.run_for(2s);
  EXPECT_GT(sink.packets, before + 100);
  EXPECT_EQ(sink.freezes, 0u);
  EXPECT_EQ(sink.seen_missing(), 0u);
}

TEST_P(Call, SilenceOfThirtySecondsDisconnects) {
  World world(seed(), nullptr, {}, sharding());
  world.join("alice");
  world.run_for(2s);
  world.up("alice").settings.loss = 1;
  world.run_for(20s);
  const auto states = [&] { return world.events_of<sfu::TransportState>(); };
  EXPECT_EQ(states().back().status, sfu::TransportStatus::connected);
  world.run_for(15s);
  EXPECT_EQ(states().back().status, sfu::TransportStatus::disconnected);
  world.up("alice").settings.loss = 0;
  world.run_for(5s);
  EXPECT_EQ(states().back().status, sfu::TransportStatus::connected);
}

TEST_P(Call, BackupHasEveryPacketOnceInItsPlace) {
  World world(seed(), nullptr, {}, sharding());
  world.join("alice");
  world.publish("alice", "mic", microphone());
  world.start_backup("take-1");
  world.publish("alice", "cam", simulcast());
  world.up("alice").settings.loss = 0.03;
  world.up("alice").settings.duplicate = 0.02;
  world.up("alice").settings.reorder = 0.02;
  world.run_for(10s);
  world.up("alice").settings.loss = 0;
  world.run_for(2s);
  ASSERT_EQ(world.backups().size(), 2u);
  for (const auto& [track, log] : world.backups()) {
    EXPECT_EQ(log.started.recording, "take-1");
    EXPECT_EQ(log.started.user_id, "alice");
    EXPECT_GT(log.sender_reports, 5u);
    auto sorted = log.sequences;
    std::ranges::sort(sorted);
    EXPECT_EQ(std::ranges::adjacent_find(sorted), sorted.end()) << "a packet came twice";
    if (log.started.kind != wire::MediaKind::video) continue;
    EXPECT_GT(sorted.size(), 1000u);  // of the best layer
    EXPECT_LE(sorted.back() - sorted.front() + 1 - sorted.size(), 2u) << "of " << sorted.size();
  }
  world.stop_backup("take-1");
  for (const auto& [track, log] : world.backups()) EXPECT_TRUE(log.ended);
  const auto packets = world.backups().begin()->second.packets.size();
  world.run_for(1s);
  EXPECT_EQ(world.backups().begin()->second.packets.size(), packets);
}

TEST_P(Call, NobodyIsInTheBackupWhoHasNotAgreed) {
  World world(seed(), nullptr, {}, sharding());
  for (const char* name : {"alice", "bob", "carol"}) {
    world.join(name);
    world.publish(name, "mic", microphone());
  }
  world.start_backup("take-1", std::set<std::string>{"alice"});
  world.run_for(2s);
  const auto people = [&] {
    std::multiset<std::string> out;
    for (const auto& [track, log] : world.backups()) out.insert(log.started.user_id);
    return out;
  };
  EXPECT_EQ(people(), std::multiset<std::string>{"alice"});
  world.start_backup("take-1", std::set<std::string>{"bob", "alice"});  // bob agrees now; alice's goes on
  world.publish("bob", "cam", simulcast());
  world.publish("carol", "cam", simulcast());
  world.run_for(3s);
  EXPECT_EQ(people(), (std::multiset<std::string>{"alice", "bob", "bob"}));
  for (const auto& [track, log] : world.backups()) {
    EXPECT_FALSE(log.ended);
    EXPECT_GT(log.packets.size(), 100u) << log.started.user_id;
  }
}

TEST(Commands, WrongOnesAreAnsweredWithTheirReason) {
  World world(1);
  const auto code = [](const sfu::Reply& reply) {
    return reply.result ? "none" : std::string(reply.result.error().code.name);
  };
  const sfu::RoomId nowhere{"nowhere"};
  EXPECT_EQ(code(world.call(sfu::CreateRoom{{""}})), "sfu.bad_room_id");
  EXPECT_EQ(code(world.call(sfu::JoinRoom{nowhere, "x", "x", {}})), "sfu.no_such_room");
  EXPECT_EQ(code(world.call(sfu::LeaveRoom{world.room, {}})), "sfu.no_such_peer");
  auto& alice = world.join("alice");
  const auto peer = world.peer("alice");
  const auto send = alice.side(true).id, receive = alice.side(false).id;
  EXPECT_EQ(code(world.call(sfu::ConnectTransport{world.room, peer, {}, {}})), "sfu.no_such_transport");
  EXPECT_EQ(code(world.call(sfu::ConnectTransport{world.room, peer, send, alice.dtls_parameters()})),
            "sfu.already_connected");
  EXPECT_EQ(code(world.call(sfu::Produce{world.room, peer, send, wire::MediaKind::audio, {}, {}})),
            "rtc.bad_rtp_parameters");
  EXPECT_EQ(code(world.call(sfu::Produce{world.room, peer, receive, wire::MediaKind::audio, {}, {}})),
            "sfu.wrong_direction");
  const auto id = world.publish("alice", "cam", camera());
  EXPECT_EQ(code(world.call(sfu::Consume{world.room, peer, receive, id, {}})), "rtc.cannot_consume");
  EXPECT_EQ(code(world.call(sfu::Consume{world.room, peer, receive, {}, {}})), "sfu.no_such_producer");
  EXPECT_EQ(code(world.call(sfu::ResumeConsumer{world.room, peer, {}})), "sfu.no_such_consumer");
  EXPECT_EQ(code(world.call(sfu::StopBackup{world.room, "none"})), "sfu.no_such_backup");
  EXPECT_EQ(code(world.call(sfu::GetStats{nowhere})), "sfu.no_such_room");
}

}  // namespace
}  // namespace greenroom::sim
