#include "net/udp_swarm.hpp"

#include <gtest/gtest.h>

#include "net/clock.hpp"
#include "net/udp.hpp"

namespace greenroom::net {
namespace {

TEST(UdpSwarm, TellsItsMembersApartAndSplitsWhatTheKernelJoined) {
  Loop loop;
  auto server = UdpPort::open(base::Address::v4(127, 0, 0, 1, 0)).value();
  std::vector<std::size_t> got(2);
  std::size_t stamped = 0;
  auto swarm = UdpSwarm::open(loop, {}, [&](UdpSwarm::Member member, base::ByteSpan datagram, const UdpArrival& at) {
                 EXPECT_EQ(datagram.size(), 100u + member);
                 ++got[member];
                 if (at.stamp) ++stamped;
               }).value();
  ASSERT_EQ(swarm->add(server.local(), false).value(), 0u);
  ASSERT_EQ(swarm->add(server.local(), true).value(), 1u);
  for (UdpSwarm::Member member : {0u, 1u})
    for (int i = 0; i < 5; ++i) server.send(swarm->local(member), base::Bytes(100 + member, 7));
  server.flush();
  const auto deadline = now() + std::chrono::seconds(10);
  auto beat = loop.after(std::chrono::seconds(10), [] {});
  loop.run_while([&] { return (got[0] < 5 || got[1] < 5) && now() < deadline; });
  EXPECT_EQ(got, (std::vector<std::size_t>{5, 5}));
  EXPECT_EQ(stamped, 5u);
  EXPECT_EQ(swarm->stats().received, 10u);
}

TEST(UdpSwarm, ReadsOnlyWhenAskedToIfThatIsWished) {
  Loop loop;
  auto server = UdpPort::open(base::Address::v4(127, 0, 0, 1, 0)).value();
  int got = 0;
  const auto before = now();
  auto swarm = UdpSwarm::open(loop, {.woken = false}, [&](UdpSwarm::Member, base::ByteSpan, const UdpArrival& arrival) {
                 ++got;
                 EXPECT_GE(arrival.came, before);
                 EXPECT_LE(arrival.came, arrival.read);
               }).value();
  const auto member = swarm->add(server.local(), true).value();
  server.send(swarm->local(member), base::Bytes(100, 7));
  server.flush();
  bool turned = false;
  auto beat = loop.after(std::chrono::milliseconds(1), [&] { turned = true; });
  loop.run_while([&] { return !turned; });
  EXPECT_EQ(got, 0);
  swarm->read();
  EXPECT_EQ(got, 1);
}

TEST(UdpSwarm, UsesAMemberAgain) {
  Loop loop;
  auto server = UdpPort::open(base::Address::v4(127, 0, 0, 1, 0)).value();
  auto swarm = UdpSwarm::open(loop, {}, [](auto...) {}).value();
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
