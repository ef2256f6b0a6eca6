// What arrives, in which order, how soon, over networks that lose, repeat and reorder; every test prints its seed.
#include <algorithm>
#include <map>

#include "sctp/test_pair.hpp"

namespace greenroom::sctp {
namespace {

using namespace std::chrono_literals;

std::uint32_t number_of(const Message& message) { return base::load_u32(&(*message.payload)[2]); }

// Random sizes, mostly small, some of many fragments.
std::size_t some_size(base::Rng& rng) { return rng.below(10) == 0 ? 6 + rng.below(40'000) : 6 + rng.below(2000); }

TEST(Delivery, ReliableMessagesArriveOnceInTheOrderOfTheirStream) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    TestPair pair({.delay = 20ms, .jitter = 40ms, .loss = double(seed % 5) * 0.05, .duplicates = 0.05}, seed);
    base::SeededRng rng(seed);
    ASSERT_TRUE(pair.connect()) << seed;
    std::map<std::uint16_t, std::uint32_t> sent;
    std::vector<base::Bytes> messages;
    for (int i = 0; i < 200; ++i) {
      const auto stream = std::uint16_t(rng.below(5) * 200);
      auto bytes = test_bytes(stream, sent[stream]++, some_size(rng));
      messages.push_back(bytes);
      ASSERT_EQ(pair.send(pair.a, stream, std::move(bytes)), SendResult::queued) << seed;
      if (i % 20 == 0) pair.run(30ms);
    }
    ASSERT_TRUE(pair.settle()) << seed;
    ASSERT_EQ(pair.b.received.size(), messages.size()) << seed;
    std::map<std::uint16_t, std::uint32_t> next;
    for (const auto& [message, at] : pair.b.received) {
      EXPECT_EQ(number_of(message), next[message.stream.value]++) << "seed " << seed;
      EXPECT_TRUE(std::ranges::count(messages, *message.payload) == 1) << "seed " << seed;
    }
  }
}

TEST(Delivery, UnorderedMessagesArriveOnce) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    TestPair pair({.delay = 20ms, .jitter = 40ms, .loss = 0.1, .duplicates = 0.1}, seed);
    base::SeededRng rng(seed);
    ASSERT_TRUE(pair.connect()) << seed;
    std::vector<base::Bytes> messages;
    for (std::uint32_t i = 0; i < 150; ++i) {
      messages.push_back(test_bytes(1, i, some_size(rng)));
      ASSERT_EQ(pair.send(pair.a, 1, messages.back(), {.ordered = false}), SendResult::queued);
    }
    ASSERT_TRUE(pair.settle()) << seed;
    ASSERT_EQ(pair.b.received.size(), messages.size()) << seed;
    std::vector<bool> seen(messages.size());
    for (const auto& [message, at] : pair.b.received) {
      EXPECT_FALSE(seen[number_of(message)]) << "twice, seed " << seed;
      seen[number_of(message)] = true;
      EXPECT_EQ(*message.payload, messages[number_of(message)]);
    }
  }
}

// An unordered message that waits for no other is there within its lifetime and one way, or never.
TEST(Delivery, NoMessageComesAfterItsLifetime) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    TestPair pair({.delay = 20ms, .jitter = 20ms, .loss = 0.1}, seed);
    base::SeededRng rng(seed);
    ASSERT_TRUE(pair.connect()) << seed;
    std::vector<base::Instant> sent;
    for (std::uint32_t i = 0; i < 300; ++i) {
      sent.push_back(pair.now);
      pair.send(pair.a, 1, test_bytes(1, i, 6 + rng.below(1500)), {.ordered = false, .max_lifetime = 150ms});
      pair.run(10ms);
    }
    ASSERT_TRUE(pair.settle()) << seed;
    for (const auto& [message, at] : pair.b.received)
      EXPECT_LE(at - sent[number_of(message)], 150ms + 40ms) << "seed " << seed << ", message " << number_of(message);
    EXPECT_GT(pair.b.received.size(), 100U) << seed;
    EXPECT_LT(pair.b.received.size(), 300U) << "some are given up, seed " << seed;
    pair.send(pair.a, 2, test_bytes(2, 0, 10'000));
    ASSERT_TRUE(pair.settle()) << "and the stream goes on, seed " << seed;
    EXPECT_EQ(pair.b.received.back().message.stream, StreamId{2}) << seed;
  }
}

TEST(Delivery, WithoutRetransmissionsWhatIsLeftIsInOrder) {
  for (const bool ordered : {true, false}) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      TestPair pair({.delay = 20ms, .jitter = ordered ? 20ms : 0ms, .loss = 0.1}, seed);
      base::SeededRng rng(seed);
      ASSERT_TRUE(pair.connect()) << seed;
      for (std::uint32_t i = 0; i < 300; ++i) {
        pair.send(pair.a, 7, test_bytes(7, i, 6 + rng.below(3000)), {.ordered = ordered, .max_retransmits = 0});
        pair.run(10ms);
      }
      ASSERT_TRUE(pair.settle()) << seed;
      EXPECT_GT(pair.b.received.size(), 150U) << seed;
      EXPECT_LT(pair.b.received.size(), 300U) << seed;
      EXPECT_TRUE(std::ranges::is_sorted(pair.b.received, {}, [](const auto& r) { return number_of(r.message); }))
          << seed;
    }
  }
}

TEST(Delivery, ALossIsRepairedWithoutWaitingForTheTimer) {
  TestPair pair;
  ASSERT_TRUE(pair.connect());
  pair.send(pair.a, 0, test_bytes(0, 0, 100'000));  // the window opens
  ASSERT_TRUE(pair.settle());
  int data = 0;
  pair.lose = [&](base::ByteView packet) { return packet[12] == 0 && packet.size() > 1000 && ++data == 3; };
  const auto before = pair.now;
  pair.send(pair.a, 0, test_bytes(0, 1, 30'000));
  ASSERT_TRUE(pair.settle());
  EXPECT_GE(data, 3);
  EXPECT_LT(pair.now - before, rto_min);
  EXPECT_EQ(pair.b.received.size(), 2U);
}

TEST(Delivery, UsesMostOfAPathThatLosesNothing) {
  TestPair pair({.delay = 20ms, .bytes_per_second = 2.5e6, .queue_bytes = 200'000});
  ASSERT_TRUE(pair.connect());
  const auto before = pair.now;
  constexpr std::size_t total = 10'000'000;
  std::size_t sent = 0;
  std::uint32_t number = 0;
  while (sent < total) {
    if (pair.send(pair.a, 0, test_bytes(0, number, 100'000)) == SendResult::queued) {
      ++number, sent += 100'000;
    } else {
      pair.run(50ms);
    }
  }
  ASSERT_TRUE(pair.settle());
  EXPECT_EQ(pair.b.received.size(), number);
  const auto ideal = double(total) / 2.5e6;
  EXPECT_LT(base::to_seconds(pair.now - before), 1.6 * ideal);
}

TEST(Delivery, UsesAFairPartOfAPathThatLoses) {
  TestPair pair({.delay = 10ms, .loss = 0.01}, 3);
  ASSERT_TRUE(pair.connect());
  const auto before = pair.now;
  for (std::uint32_t i = 0; i < 20; ++i) ASSERT_EQ(pair.send(pair.a, 0, test_bytes(0, i, 100'000)), SendResult::queued);
  ASSERT_TRUE(pair.settle());
  // Mathis: 1.22 · MTU / (RTT · √p) is 700 kB/s here.
  EXPECT_GT(2e6 / base::to_seconds(pair.now - before), 200e3);
}

TEST(Delivery, ManyStreamsShareThePath) {
  TestPair pair;
  ASSERT_TRUE(pair.connect());
  for (std::uint32_t i = 0; i < 3; ++i) pair.send(pair.a, 0, test_bytes(0, i, 200'000));
  pair.send(pair.a, 1, test_bytes(1, 0, 100));
  ASSERT_TRUE(pair.settle());
  ASSERT_EQ(pair.b.received.size(), 4U);
  EXPECT_EQ(pair.b.received[1].message.stream, StreamId{1}) << "it waits for one long message, not for all";
}

TEST(Delivery, SequenceNumbersGoRound) {
  TestPair pair;
  ASSERT_TRUE(pair.connect());
  for (std::uint32_t i = 0; i < 70'000; ++i) {
    ASSERT_EQ(pair.send(pair.a, 0, test_bytes(0, i, 6)), SendResult::queued);
    if (i % 1000 == 0) {
      ASSERT_TRUE(pair.settle());
    }
  }
  ASSERT_TRUE(pair.settle());
  ASSERT_EQ(pair.b.received.size(), 70'000U);
  for (std::uint32_t i = 0; i < 70'000; ++i) ASSERT_EQ(number_of(pair.b.received[i].message), i);
}

}  // namespace
}  // namespace greenroom::sctp
