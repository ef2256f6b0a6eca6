// The ways to one shard: what clients are told of them, and how a transport goes from one to another.
#include <gmock/gmock.h>

#include <array>

#include "crypto/hash.hpp"
#include "crypto/secure_channel.hpp"
#include "sfu/shard.hpp"
#include "wire/stun.hpp"

namespace greenroom::sfu {
namespace {
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

base::Address over_tcp(base::Address address) {
  address.protocol = base::Protocol::tcp;
  return address;
}

class PathsTest : public testing::Test {
 protected:
  static ShardConfig config() {
    const auto v4 = base::Address::v4(203, 0, 113, 7, 40000);
    auto v6 = *base::parse_ip("2001:db8::7", 40000);
    ShardConfig config;
    config.announced = {v4, v6, over_tcp(v4), over_tcp(v6)};
    return config;
  }
  PathsTest() { ask<RoomCreated>(CreateRoom{room}); }

  template <class Answer, class Body>
  Answer ask(Body body) {
    shard.handle({++request, std::move(body)}, now);
    collect();
    auto answer = std::get<Answer>(*std::move(replies.back().result));
    replies.clear();
    return answer;
  }
  void collect() {
    for (Output output; shard.poll(output);) {
      if (const auto* transmit = std::get_if<Transmit>(&output)) told.push_back(transmit->to);
      if (auto* reply = std::get_if<Reply>(&output)) replies.push_back(std::move(*reply));
    }
  }
  TransportCreated transport() {
    const auto peer = ask<Joined>(JoinRoom{room, "ana", "Ana", {}}).peer;
    return ask<TransportCreated>(CreateTransport{room, peer, Direction::send});
  }
  // Who is answered.
  std::vector<base::Address> check(const base::Address& from, const wire::IceParameters& ice, bool nominate = true) {
    std::array<std::uint8_t, 512> buffer;
    wire::StunBuilder builder(buffer, wire::StunClass::request, {1, 2, ++checks});
    builder.username(ice.username_fragment + ":them").priority(1).ice_controlling(9);
    if (nominate) builder.use_candidate();
    auto bytes = builder.finish(base::as_bytes(ice.password), crypto::hmac_sha1);
    told.clear();
    base::Bytes copy(bytes.begin(), bytes.end());
    shard.deliver(from, copy, now);
    collect();
    return told;
  }

  const RoomId room{"room"};
  std::uint8_t checks = 0;  // each has a transaction id of its own
  base::Instant now{1000s};
  base::SeededRng rng{6544};
  std::unique_ptr<crypto::SecureChannelFactory> channels = crypto::make_null_channel_factory();
  Shard shard{config(), *channels, rng};
  std::uint64_t request = 0;
  std::vector<Reply> replies;
  std::vector<base::Address> told;
  const base::Address udp = base::Address::v4(10, 0, 0, 1, 5000), tcp = over_tcp(udp);
};

TEST_F(PathsTest, CandidatesAreUdpThenTcpInTheOrderAnnounced) {
  const auto candidates = transport().ice_candidates;
  std::vector<std::string> words;
  for (const auto& c : candidates) {
    words.push_back(c.protocol + " " + c.address + " " + std::to_string(c.port) + " " + c.tcp_type.value_or("-"));
    EXPECT_EQ(c.ip, c.address);
    EXPECT_EQ(c.type, "host");
  }
  EXPECT_THAT(words, ElementsAre("udp 203.0.113.7 40000 -", "udp 2001:db8::7 40000 -", "tcp 203.0.113.7 40000 passive",
                                 "tcp 2001:db8::7 40000 passive"));
  for (std::size_t i = 1; i < candidates.size(); ++i) {
    EXPECT_LT(candidates[i].priority, candidates[i - 1].priority);
    EXPECT_NE(candidates[i].foundation, candidates[i - 1].foundation);
  }
}

TEST_F(PathsTest, TheSameAddressOverTcpIsAnotherPath) {
  const auto ice = transport().ice_parameters;
  EXPECT_THAT(check(udp, ice), ElementsAre(udp));
  EXPECT_THAT(check(tcp, ice), ElementsAre(tcp));
}

TEST_F(PathsTest, AStrangerIsAnsweredNothing) {
  const auto ice = transport().ice_parameters;
  EXPECT_THAT(check(tcp, {ice.username_fragment, "wrong", {}}), IsEmpty());
  EXPECT_THAT(check(tcp, {"nobody", "wrong", {}}), IsEmpty());
  base::Bytes garbage(1200, 22);
  shard.deliver(tcp, garbage, now);
  collect();
  EXPECT_THAT(told, IsEmpty());
}

TEST_F(PathsTest, ARowOfDatagramsIsTakenAsEachAloneWouldBe) {
  const auto ice = transport().ice_parameters;
  check(udp, ice);
  std::vector<base::Bytes> bytes;
  for (int i = 0; i < 50; ++i) bytes.insert(bytes.end(), {{0x80, 201, 0, 1, 0, 0, 0, 1}, {0x80}, {}, {0xff, 0xff}});
  std::vector<base::Datagram> row;
  for (auto& each : bytes) row.push_back({row.size() % 8 < 4 ? udp : tcp, each});
  shard.deliver(row, now);
  const auto counters = ask<Stats>(GetStats{}).counters;
  EXPECT_EQ(counters.datagrams_in, 1 + 200u);
  EXPECT_EQ(counters.rtcp_in, 25u);             // each second four are from where a password was proven
  EXPECT_EQ(counters.dropped_unexpected, 25u);  // nobody has connected
  EXPECT_EQ(counters.dropped_unknown, 200u - 25u);
}

TEST_F(PathsTest, WhatIsClosedBelongsToNobodyUntilItProvesAPasswordAgain) {
  const auto ice = transport().ice_parameters;
  const auto unknown = [&] {
    base::Bytes dtls(100, 22);
    shard.deliver(tcp, dtls, now);
    return ask<Stats>(GetStats{}).counters.dropped_unknown;
  };
  check(tcp, ice);
  EXPECT_EQ(unknown(), 0u);
  shard.path_closed(tcp, now);
  shard.path_closed(over_tcp(base::Address::v4(10, 9, 9, 9, 9)), now);
  EXPECT_EQ(unknown(), 1u);
  check(tcp, ice);
  EXPECT_EQ(unknown(), 1u);
}

}  // namespace
}  // namespace greenroom::sfu
