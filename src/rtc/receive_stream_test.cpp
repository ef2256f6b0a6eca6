#include "rtc/receive_stream.hpp"

#include <gtest/gtest.h>

#include "rtc/keyframe_requests.hpp"

namespace greenroom::rtc {
namespace {
using namespace std::chrono_literals;

class ReceiveStreamTest : public testing::Test {
 protected:
  ReceiveStream::Accepted take(std::uint16_t seq, bool rtx = false) {
    return stream.accept({{seq}, {std::uint32_t(seq) * 3000}, 1000, rtx}, now);
  }
  std::vector<std::uint16_t> nacks() {
    std::vector<wire::SeqNo> out;
    out.reserve(100);
    stream.collect_nacks(now, out);
    std::vector<std::uint16_t> list;
    for (const auto s : out) list.push_back(s.value);
    return list;
  }
  base::Instant now{1000s};
  ReceiveStream stream{{{7}, {90000}, true}};
};

TEST_F(ReceiveStreamTest, AsksForGapsAfterAGraceAndAgainLater) {
  take(10);
  take(13);
  EXPECT_TRUE(nacks().empty());
  now += 6ms;
  EXPECT_EQ(nacks(), (std::vector<std::uint16_t>{11, 12}));
  EXPECT_TRUE(nacks().empty());
  now += 200ms;
  EXPECT_TRUE(take(11, true).late);
  EXPECT_EQ(nacks(), std::vector<std::uint16_t>{12});
  now += 2s;
  EXPECT_TRUE(nacks().empty());
  EXPECT_EQ(stream.counters().abandoned, 1u);
  EXPECT_EQ(stream.counters().recovered, 1u);
  EXPECT_EQ(stream.lost(), 1);
}

TEST_F(ReceiveStreamTest, ReorderedPacketsAreNotAskedFor) {
  take(10);
  take(12);
  now += 2ms;
  take(11);
  now += 100ms;
  EXPECT_TRUE(nacks().empty());
}

TEST_F(ReceiveStreamTest, TellsDuplicatesAlsoAcrossTheWrap) {
  for (int i = 65530; i < 65546; ++i) EXPECT_FALSE(take(std::uint16_t(i)).duplicate);
  for (int i = 65530; i < 65546; ++i) EXPECT_TRUE(take(std::uint16_t(i)).duplicate);
  EXPECT_EQ(stream.counters().packets, 16u);
}

TEST_F(ReceiveStreamTest, AJumpIsARestart) {
  take(10);
  EXPECT_TRUE(take(5000).restarted);
  now += 10ms;
  EXPECT_TRUE(nacks().empty());
}

// RFC 3550 §6.4.1: 3 of 10 expected since the last report.
TEST_F(ReceiveStreamTest, ReportsLoss) {
  take(0);
  stream.report(now);
  for (std::uint16_t s : {1, 2, 3, 5, 7, 9, 10}) take(s);
  const auto block = stream.report(now);
  EXPECT_EQ(block.packets_lost, 3);
  EXPECT_EQ(block.fraction_lost, 3 * 256 / 10);
  EXPECT_EQ(block.highest_seq, 10u);
}

TEST(KeyframeRequests, AreCoalesced) {
  KeyframeRequests requests;
  base::Instant now{1000s};
  requests.request();
  requests.request();
  EXPECT_TRUE(requests.due(now));
  EXPECT_FALSE(requests.due(now + 100ms));
  EXPECT_TRUE(requests.due(now + 300ms)) << "unanswered: again";
  requests.arrived(now + 350ms);
  EXPECT_FALSE(requests.due(now + 10s));
  requests.request();
  EXPECT_FALSE(requests.due(now + 1s));
  EXPECT_TRUE(requests.due(now + 1300ms));
}

}  // namespace
}  // namespace greenroom::rtc
