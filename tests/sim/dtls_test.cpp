// A call over the real DTLS-SRTP channel. Its retransmission timers run on the system's clock, so the links lose
// nothing.
#include "crypto/dtls.hpp"

#include <gtest/gtest.h>

#include "sim/world.hpp"

namespace greenroom::sim {
namespace {
using namespace std::chrono_literals;

std::unique_ptr<crypto::SecureChannelFactory> dtls() {
  return crypto::make_dtls_channel_factory(*crypto::DtlsCertificate::generate(base::WallTime(1'700'000'000s)));
}

TEST(DtlsCall, SoundAndPicturesPassEncrypted) {
  World world(1, dtls());
  for (const auto* name : {"alice", "bob"}) {
    world.join(name);
    world.publish(name, "mic", {});
    world.publish(name, "cam", {true, {base::Bitrate::kbps(120), base::Bitrate::kbps(600)}, 1, 30, true});
  }
  world.subscribe_all();
  world.start_backup("take");
  world.run_for(5s);
  for (const auto& [label, sink] : world.browser("bob").sinks()) {
    EXPECT_GT(sink.packets, 200u) << label;
    EXPECT_EQ(sink.seen_missing(), 0u) << label;
  }
  EXPECT_EQ(world.stats().counters.dropped_forged, 0u);
  EXPECT_EQ(world.backups().size(), 4u);
}

TEST(DtlsCall, AWrongFingerprintFails) {
  World world(1, dtls());
  auto& alice = world.join("alice");
  const auto peer = world.peer("alice");
  const auto created = world.ask<sfu::TransportCreated>(sfu::CreateTransport{world.room, peer, sfu::Direction::recv});
  auto parameters = alice.dtls_parameters();
  parameters.fingerprints[0].value[0] = parameters.fingerprints[0].value[0] == 'A' ? 'B' : 'A';
  world.ask<sfu::Done>(sfu::ConnectTransport{world.room, peer, created.transport, parameters});
  alice.open(false, created, world.now());
  world.run_for(3s);
  std::vector<sfu::TransportStatus> seen;
  for (const auto& state : world.events_of<sfu::TransportState>()) {
    if (state.transport == created.transport) seen.push_back(state.status);
  }
  EXPECT_EQ(seen, std::vector{sfu::TransportStatus::failed});
}

}  // namespace
}  // namespace greenroom::sim
