#include "rtc/acknowledged_rate.hpp"

#include <gtest/gtest.h>

namespace greenroom::rtc {
namespace {
using namespace std::chrono_literals;

constexpr std::uint32_t packet_bytes = 1200;

// `burst` packets arrive a tenth of a millisecond apart each `every`, and are told in reports of 100 ms.
AcknowledgedRate after(base::Duration time, int burst, base::Duration every) {
  AcknowledgedRate out;
  std::vector<SentSample> report;
  base::Duration told{0};
  for (base::Duration at{0}; at < time; at += every) {
    for (int i = 0; i < burst; ++i) report.push_back({{}, at + i * 100us, packet_bytes, 0});
    if (at - told < 100ms) continue;
    out.add(report);
    report.clear();
    told = at;
  }
  return out;
}

// Both ends of the half second are counted: a burst in fifteen too much.
TEST(AcknowledgedRate, IsTheSameWhetherPacketsComeInBurstsOrOneByOne) {
  constexpr double expected = 150.0 * packet_bytes * 8;
  for (const auto& rate : {after(3s, 5, 33'333us), after(3s, 1, 6'667us)}) {
    EXPECT_NEAR(double(rate.rate().bps), expected, 0.08 * expected);
    EXPECT_NEAR(double(rate.recent().bps), expected, 0.08 * expected);
  }
}

TEST(AcknowledgedRate, OfPacketsThatFollowEachOtherClosely) {
  constexpr double expected = 2000.0 * packet_bytes * 8;
  const auto rate = after(2s, 1, 500us);
  EXPECT_NEAR(double(rate.rate().bps), expected, 0.03 * expected);
  EXPECT_NEAR(double(rate.recent().bps), expected, 0.03 * expected);
}

// As many apart from one another as a window can hold, and four windows of them before any is forgotten by the report.
TEST(AcknowledgedRate, OfOneReportOfMoreThanIsRemembered) {
  std::vector<SentSample> report;
  for (base::Duration at{0}; at < 2s; at += AcknowledgedRate::together) report.push_back({{}, at, packet_bytes, 0});
  AcknowledgedRate rate;
  rate.add(report);
  constexpr double expected = 200.0 * packet_bytes * 8;
  EXPECT_NEAR(double(rate.rate().bps), expected, 0.02 * expected);
  EXPECT_NEAR(double(rate.recent().bps), expected, 0.03 * expected);
}

TEST(AcknowledgedRate, IsUnknownUntilSomethingHasArrivedTwice) {
  AcknowledgedRate rate;
  rate.add(std::vector<SentSample>{
      {{}, 1ms, packet_bytes, 0}, {{}, 2ms, packet_bytes, 0}, {{}, std::nullopt, packet_bytes, 0}});
  EXPECT_EQ(rate.rate().bps, 0);
  rate.add(std::vector<SentSample>{{{}, 40ms, packet_bytes, 0}});
  EXPECT_GT(rate.rate().bps, 0);
}

}  // namespace
}  // namespace greenroom::rtc
