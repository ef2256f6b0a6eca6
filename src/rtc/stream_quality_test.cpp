#include "rtc/stream_quality.hpp"

#include <gtest/gtest.h>

namespace greenroom::rtc {
namespace {

// A stream of 100 packets a look.
int score_of(std::uint64_t lost, std::uint64_t repaired, int looks = 8) {
  StreamQuality quality;
  StreamQuality::Totals totals;
  for (int i = 0; i < looks; ++i) {
    totals.expected += 100;
    totals.lost += lost;
    totals.repaired += repaired;
    EXPECT_TRUE(quality.look(totals));
  }
  return quality.score();
}

TEST(StreamQuality, IsTenWhenEverythingArrives) { EXPECT_EQ(score_of(0, 0), 10); }

TEST(StreamQuality, FallsWithWhatIsLostMoreThanWithWhatIsRepaired) {
  EXPECT_EQ(score_of(10, 0), 7);
  EXPECT_EQ(score_of(20, 0), 4);
  EXPECT_EQ(score_of(60, 0), 0);
  EXPECT_EQ(score_of(10, 10), 9);
  EXPECT_GT(score_of(20, 20), score_of(20, 10));
}

TEST(StreamQuality, RecoversAfterEightGoodLooks) {
  StreamQuality quality;
  StreamQuality::Totals totals{100, 50, 0};
  quality.look(totals);
  EXPECT_LE(quality.score(), 1);
  EXPECT_DOUBLE_EQ(quality.loss(), 0.5);
  for (int i = 0; i < 8; ++i) totals.expected += 100, quality.look(totals);
  EXPECT_EQ(quality.score(), 10);
  EXPECT_DOUBLE_EQ(quality.loss(), 0);
}

TEST(StreamQuality, SilenceAndTotalsThatStepBackChangeNothing) {
  StreamQuality quality;
  quality.look({100, 0, 0});
  EXPECT_FALSE(quality.look({100, 0, 0}));
  EXPECT_FALSE(quality.look({90, 5, 5}));
  EXPECT_EQ(quality.score(), 10);
  EXPECT_TRUE(quality.look({200, 1000, 2000}));  // more lost than sent: a report that lies
  EXPECT_GE(quality.score(), 0);
}

}  // namespace
}  // namespace greenroom::rtc
