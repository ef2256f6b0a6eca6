// Two associations over a network in virtual time: handshake, delivery, streams and their end.
#include "sctp/association.hpp"

#include <algorithm>
#include <array>

#include "sctp/test_pair.hpp"

namespace greenroom::sctp {
namespace {

using namespace std::chrono_literals;

TEST(Association, BothMayCallAtOnceOrOne) {
  TestPair both;
  EXPECT_TRUE(both.connect());
  TestPair one;
  one.a.association.connect(one.now);
  EXPECT_TRUE(one.run(1s, [&] { return one.a.association.open() && one.b.association.open(); }));
  EXPECT_EQ(one.now, base::Instant(1s) + 40ms) << "two round trips";
}

// Whichever packets of the handshake are lost, the timers bring it about, and data flows both ways.
TEST(Association, ConnectsWhicheverPacketsOfTheHandshakeAreLost) {
  for (unsigned lost = 0; lost < 256; ++lost) {
    TestPair pair;
    unsigned count = 0;
    pair.lose = [&](base::ByteView) { return count < 8 && (lost >> count++ & 1); };
    ASSERT_TRUE(pair.connect()) << "lost packets, as bits: " << lost;
    EXPECT_EQ(pair.send(pair.a, 0, test_bytes(0, 1, 100)), SendResult::queued);
    EXPECT_EQ(pair.send(pair.b, 0, test_bytes(0, 2, 100)), SendResult::queued);
    ASSERT_TRUE(pair.settle()) << lost;
    EXPECT_EQ(pair.a.received.size(), 1U) << lost;
    EXPECT_EQ(pair.b.received.size(), 1U) << lost;
  }
}

TEST(Association, GivesUpOnAPeerThatDoesNotAnswer) {
  TestPair pair;
  pair.lose = [](base::ByteView) { return true; };
  pair.a.association.connect(pair.now);
  pair.run(200s);
  EXPECT_EQ(pair.a.association.state(), State::closed);
  EXPECT_EQ(pair.a.association.failure(), "the peer does not answer");
  EXPECT_EQ(pair.send(pair.a, 0, {1}), SendResult::closed);
  EXPECT_EQ(pair.a.association.next_deadline(), base::Instant::max());
  pair.lose = [](base::ByteView) { return false; };
  EXPECT_TRUE(pair.connect()) << "and may try again";
}

TEST(Association, MessagesGivenBeforeTheHandshakeWait) {
  TestPair pair;
  EXPECT_EQ(pair.send(pair.a, 3, test_bytes(3, 1, 5000)), SendResult::queued);
  ASSERT_TRUE(pair.connect());
  ASSERT_TRUE(pair.settle());
  ASSERT_EQ(pair.b.received.size(), 1U);
  EXPECT_EQ(*pair.b.received[0].message.payload, test_bytes(3, 1, 5000));
}

TEST(Association, MessagesOfEverySizeArriveAsTheyWere) {
  TestPair pair;
  ASSERT_TRUE(pair.connect());
  const std::vector<std::size_t> sizes{6, 7, 1131, 1132, 1133, 2264, 2265, 65'536, 200'000, 262'144};
  for (std::uint32_t i = 0; i < sizes.size(); ++i)
    ASSERT_EQ(pair.send(pair.a, 1, test_bytes(1, i, sizes[i]), {}, 50 + i), SendResult::queued);
  ASSERT_TRUE(pair.settle());
  ASSERT_EQ(pair.b.received.size(), sizes.size());
  for (std::uint32_t i = 0; i < sizes.size(); ++i) {
    EXPECT_EQ(*pair.b.received[i].message.payload, test_bytes(1, i, sizes[i]));
    EXPECT_EQ(pair.b.received[i].message.ppid, 50 + i);
    EXPECT_EQ(pair.b.received[i].message.stream, StreamId{1});
  }
  EXPECT_LE(pair.a.largest, Config{}.max_packet);
}

TEST(Association, WhatDoesNotFitIsRefused) {
  TestPair pair;
  ASSERT_TRUE(pair.connect());
  EXPECT_EQ(pair.send(pair.a, 0, base::Bytes(262'145)), SendResult::too_long);
  EXPECT_EQ(pair.send(pair.a, 0, {}), SendResult::too_long);
  EXPECT_EQ(pair.send(pair.a, 1024, {1}), SendResult::no_such_stream);
  EXPECT_EQ(pair.send(pair.a, 1023, {1}), SendResult::queued);
  SendResult result = SendResult::queued;
  for (int i = 0; i < 20 && result == SendResult::queued; ++i) result = pair.send(pair.a, 0, base::Bytes(200'000));
  EXPECT_EQ(result, SendResult::full);
  EXPECT_LE(pair.a.association.buffered(), Config{}.max_buffered);
  EXPECT_TRUE(pair.settle()) << "and what was taken arrives";
}

TEST(Association, AStreamMayBeResetAndUsedAgain) {
  TestPair pair;
  ASSERT_TRUE(pair.connect());
  for (std::uint32_t i = 0; i < 3; ++i) pair.send(pair.a, 5, test_bytes(5, i, 3000));
  ASSERT_TRUE(pair.settle());
  pair.a.association.reset_stream({5});
  EXPECT_TRUE(pair.a.association.resetting({5}));
  EXPECT_EQ(pair.send(pair.a, 5, {1}), SendResult::no_such_stream) << "not before the peer has agreed";
  ASSERT_TRUE(pair.run(5s, [&] { return !pair.a.association.resetting({5}); }));
  EXPECT_EQ(pair.b.resets, std::vector{StreamId{5}});
  for (std::uint32_t i = 3; i < 6; ++i) EXPECT_EQ(pair.send(pair.a, 5, test_bytes(5, i, 3000)), SendResult::queued);
  ASSERT_TRUE(pair.settle());
  EXPECT_EQ(pair.b.received.size(), 6U);
}

// What has begun is finished first, what has not is dropped; then the peer hears of the reset, after all of it.
TEST(Association, AResetComesAfterWhatIsUnderWay) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    TestPair pair({.jitter = 30ms, .loss = 0.2, .duplicates = 0.1}, seed);
    ASSERT_TRUE(pair.connect());
    pair.send(pair.a, 5, test_bytes(5, 0, 20'000));
    pair.send(pair.a, 5, test_bytes(5, 1, 20'000));
    pair.run(1ms);
    pair.a.association.reset_stream({5});
    ASSERT_TRUE(pair.run(200s, [&] { return !pair.b.resets.empty() && !pair.a.association.resetting({5}); })) << seed;
    EXPECT_EQ(pair.b.received.size(), 1U) << seed;
    EXPECT_EQ(pair.b.resets.size(), 1U) << "said once, seed " << seed;
  }
}

TEST(Association, AShutdownWaitsForWhatIsUnderWay) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    TestPair pair({.loss = seed > 1 ? 0.2 : 0}, seed);
    ASSERT_TRUE(pair.connect());
    for (std::uint32_t i = 0; i < 10; ++i) pair.send(pair.a, 0, test_bytes(0, i, 30'000));
    pair.send(pair.b, 0, test_bytes(0, 0, 30'000));
    pair.a.association.shutdown(pair.now);
    EXPECT_EQ(pair.send(pair.a, 0, {1}), SendResult::closed);
    const auto closed = [&] { return pair.a.association.state() == State::closed; };
    ASSERT_TRUE(pair.run(400s, closed)) << seed;
    pair.run(200s);
    EXPECT_EQ(pair.b.association.state(), State::closed) << seed;
    EXPECT_EQ(pair.b.received.size(), 10U) << seed;
    EXPECT_EQ(pair.a.received.size(), 1U) << seed;
  }
}

TEST(Association, AnAbortEndsBoth) {
  TestPair pair;
  ASSERT_TRUE(pair.connect());
  pair.a.association.abort();
  ASSERT_TRUE(pair.run(1s, [&] { return pair.b.association.state() == State::closed; }));
  EXPECT_EQ(pair.b.association.failure(), "the peer has aborted");
  EXPECT_EQ(pair.b.association.next_deadline(), base::Instant::max());
}

TEST(Association, APeerThatFallsSilentIsNoticed) {
  TestPair pair;
  ASSERT_TRUE(pair.connect());
  pair.run(100s);
  EXPECT_TRUE(pair.a.association.open()) << "heartbeats are answered";
  pair.lose = [](base::ByteView) { return true; };
  pair.send(pair.a, 0, {1, 2, 3});
  pair.run(200s);
  EXPECT_EQ(pair.a.association.state(), State::closed);
  pair.run(600s);
  EXPECT_EQ(pair.b.association.state(), State::closed) << "by heartbeats alone";
}

TEST(Association, APeerThatStartsAnewIsMetAnew) {
  TestPair pair;
  ASSERT_TRUE(pair.connect());
  pair.send(pair.a, 0, test_bytes(0, 1, 100));
  ASSERT_TRUE(pair.settle());
  pair.lose = [](base::ByteView) { return true; };
  pair.a.association.abort();
  pair.run(1s);
  pair.lose = [](base::ByteView) { return false; };
  pair.a.association.connect(pair.now);
  ASSERT_TRUE(pair.run(10s, [&] { return pair.a.association.open(); }));
  pair.send(pair.a, 0, test_bytes(0, 2, 100));
  pair.send(pair.b, 0, test_bytes(0, 3, 100));
  ASSERT_TRUE(pair.settle());
  EXPECT_EQ(pair.b.received.size(), 2U);
  EXPECT_EQ(pair.a.received.size(), 1U);
}

TEST(Association, AShutWindowStopsTheSenderAndOpensAgain) {
  TestPair pair({}, 1, {.max_message = 10'000, .receive_window = 20'000});
  ASSERT_TRUE(pair.connect());
  pair.b.drain = false;
  for (std::uint32_t i = 0; i < 20; ++i) ASSERT_EQ(pair.send(pair.a, 0, test_bytes(0, i, 5000)), SendResult::queued);
  pair.run(120s);
  EXPECT_TRUE(pair.a.association.open()) << "a shut window is no failure";
  EXPECT_GT(pair.a.association.buffered(), 70'000U);
  pair.b.drain = true;
  pair.take(pair.b);
  ASSERT_TRUE(pair.settle());
  ASSERT_EQ(pair.b.received.size(), 20U);
  for (std::uint32_t i = 0; i < 20; ++i) EXPECT_EQ(*pair.b.received[i].message.payload, test_bytes(0, i, 5000));
}

// ---- hostile packets

base::Bytes sealed(base::ByteView chunks, std::uint32_t tag) {
  base::Bytes packet(1200);
  wire::SctpPacketWriter writer(packet, {5000, 5000, tag});
  writer.raw(chunks);
  packet.resize(writer.finish());
  return packet;
}

// The last packet that went from a to b, its chunks changed at random and summed again.
TEST(Association, ChangedPacketsDoNotBreakIt) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    TestPair pair({}, seed);
    base::SeededRng rng(seed);
    std::vector<base::Bytes> seen;
    pair.lose = [&](base::ByteView packet) {
      seen.emplace_back(packet.begin(), packet.end());
      return false;
    };
    ASSERT_TRUE(pair.connect());
    pair.send(pair.a, 1, test_bytes(1, 0, 5000));
    pair.send(pair.a, 2, test_bytes(2, 0, 500), {.ordered = false, .max_retransmits = 0});
    pair.a.association.reset_stream({1});
    pair.run(30ms);
    for (int i = 0; i < 50; ++i) {
      const auto& original = seen[rng.below(seen.size())];
      base::Bytes chunks(original.begin() + 12, original.end());
      for (int k = 0; k < 3; ++k) chunks[rng.below(chunks.size())] = std::uint8_t(rng.u32());
      pair.b.association.deliver(sealed(chunks, base::load_u32(&original[4])), pair.now);
      pair.take(pair.b);
    }
    pair.run(100ms);
  }
}

// One message that never ends, a million streams, fragments that leave holes: what is held stays bounded.
TEST(Association, WhatAPeerCanMakeUsHoldIsBounded) {
  TestPair pair;
  std::uint32_t tag = 0, initial = 0;
  pair.lose = [&](base::ByteView packet) {
    if (packet[12] == 1) initial = base::load_u32(&packet[28]);
    if (tag == 0 && base::load_u32(&packet[4]) != 0 && packet[12] == 10) tag = base::load_u32(&packet[4]);
    return false;
  };
  pair.a.association.connect(pair.now);
  ASSERT_TRUE(pair.run(1s, [&] { return pair.b.association.open(); }));
  ASSERT_NE(tag, 0U);
  base::SeededRng rng(5);
  base::Bytes payload(1000, 1);
  for (int i = 0; i < 20'000 && pair.b.association.open(); ++i) {
    base::Bytes packet(1200);
    wire::SctpPacketWriter writer(packet, {5000, 5000, tag});
    writer.data({.unordered = rng.below(2) == 0,
                 .begin = rng.below(4) == 0,
                 .end = false,
                 .tsn = initial + rng.u32() % 70'000,
                 .stream = std::uint16_t(rng.u32()),
                 .ssn = std::uint16_t(rng.u32()),
                 .ppid = 51,
                 .payload = payload});
    packet.resize(writer.finish());
    pair.b.association.deliver(packet, pair.now);
    while (pair.b.association.poll_packet(packet = base::Bytes(1500), pair.now)) continue;
    ASSERT_LE(pair.b.association.held(), 2 * Config{}.receive_window + packet.size());
  }
}

}  // namespace
}  // namespace greenroom::sctp
