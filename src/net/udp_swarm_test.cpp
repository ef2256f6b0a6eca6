#include "net/udp_swarm.hpp"

#include <gtest/gtest.h>

#include "net/clock.hpp"
#include "net/udp.hpp"

namespace greenroom::net {
namespace {

TEST(UdpSwarm, TellsItsMembersApartAndSplitsWhatTheKernelJoined) {
  auto server = UdpPort::open(base::Address::v4(127, 0, 0, 1, 0)).value();
  std::vector<std::size_t> got(2);
  std::size_t stamped = 0;
  const auto before = now();
  auto swarm = UdpSwarm::make({}, [&](UdpSwarm::Member member, base::ByteSpan datagram, const UdpArrival& arrival) {
    EXPECT_EQ(datagram.size(), 100u + member);
    EXPECT_GE(arrival.came, before);
    EXPECT_LE(arrival.came, arrival.read);
    ++got[member];
    if (arrival.stamp) ++stamped;
  });
  ASSERT_EQ(swarm->add(server.local(), false).value(), 0u);
  ASSERT_EQ(swarm->add(server.local(), true).value(), 1u);
  swarm->read();
  for (UdpSwarm::Member member : {0u, 1u})
    for (int i = 0; i < 5; ++i) server.send(swarm->local(member), base::Bytes(100 + member, 7));
  server.flush();
  swarm->read();
  EXPECT_EQ(got, (std::vector<std::size_t>{5, 5}));
  EXPECT_EQ(stamped, 5u);
  EXPECT_EQ(swarm->stats().received, 10u);
}

// More than one call of the kernel's brings, and members that go while they are given something.
TEST(UdpSwarm, GivesAllThatCameToThoseWhoAreStillThere) {
  auto server = UdpPort::open(base::Address::v4(127, 0, 0, 1, 0)).value();
  std::unique_ptr<UdpSwarm> swarm;
  std::vector<std::size_t> got(2);
  swarm = UdpSwarm::make({.coalesce = false}, [&](UdpSwarm::Member member, base::ByteSpan, const UdpArrival&) {
    if (++got[member] == 3 && member == 0) swarm->remove(0);
  });
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(swarm->add(server.local(), false));
  for (UdpSwarm::Member member : {0u, 1u})
    for (std::size_t i = 0; i < 100; ++i) server.send(swarm->local(member), base::Bytes(10 + i, 7));
  server.flush();
  swarm->read();
  EXPECT_EQ(got, (std::vector<std::size_t>{3, 100}));
}

TEST(UdpSwarm, UsesAMemberAgain) {
  auto server = UdpPort::open(base::Address::v4(127, 0, 0, 1, 0)).value();
  auto swarm = UdpSwarm::make({}, [](auto...) {});
  const auto first = swarm->add(server.local(), false).value();
  const auto port = swarm->local(first).port;
  swarm->remove(first);
  EXPECT_EQ(swarm->add(server.local(), false).value(), first);
  EXPECT_NE(port, 0);
  swarm->send(first, base::Bytes(10, 1));
  EXPECT_EQ(swarm->stats().sent, 1u);
}

}  // namespace
}  // namespace greenroom::net
