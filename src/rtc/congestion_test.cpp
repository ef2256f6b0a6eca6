#include "rtc/congestion.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "rtc/pacer.hpp"

namespace greenroom::rtc {
namespace {
using namespace std::chrono_literals;
using base::Bitrate;

// A path of a given rate, fed with a constant stream, and its reports every 50 ms.
class Path {
 public:
  BandwidthEstimator estimator{{Bitrate::kbps(1500), Bitrate::kbps(50), Bitrate::kbps(20'000)}};
  Bitrate capacity = Bitrate::kbps(100'000);
  double loss = 0;

  void run(Bitrate sending, base::Duration length) {
    const auto gap = base::Duration(1000 * 8 * 1'000'000LL / sending.bps);
    for (const auto end = now_ + length; now_ < end; now_ += gap) {
      free_at_ = std::max(free_at_, now_) + base::Duration(1000 * 8 * 1'000'000LL / capacity.bps);
      lost_ += loss;
      const bool lost = lost_ >= 1;
      if (lost) lost_ -= 1;
      samples_.push_back({now_, lost ? std::nullopt : std::optional((free_at_ + 20ms).time_since_epoch()), 1000, 0});
      if (now_ - reported_ < 50ms) continue;
      reported_ = now_;
      estimator.on_feedback(samples_, now_);
      samples_.clear();
    }
  }

 private:
  base::Instant now_{1000s}, free_at_{}, reported_{};
  std::vector<SentSample> samples_;
  double lost_ = 0;
};

TEST(Bandwidth, AGrowingQueueBringsItBelowTheCapacity) {
  Path path;
  path.capacity = Bitrate::kbps(500);
  path.run(Bitrate::kbps(1200), 3s);
  EXPECT_LT(path.estimator.estimate(), Bitrate::kbps(500));
  EXPECT_GT(path.estimator.estimate(), Bitrate::kbps(200));
}

TEST(Bandwidth, GrowsWhileThePathIsUsedAndFree) {
  Path path;
  path.run(Bitrate::kbps(1400), 10s);
  EXPECT_GT(path.estimator.estimate(), Bitrate::kbps(1900));
  path.run(Bitrate::kbps(3000), 1s);
  EXPECT_GE(path.estimator.estimate(), Bitrate::kbps(2900)) << "what arrived is proven";
}

TEST(Bandwidth, DoesNotGrowOnWhatWasNotTried) {
  Path path;
  path.run(Bitrate::kbps(200), 10s);
  EXPECT_EQ(path.estimator.estimate(), Bitrate::kbps(1500));
}

TEST(Bandwidth, HeavyLossLowersItLightLossDoesNot) {
  Path heavy, light;
  heavy.loss = 0.2;
  heavy.run(Bitrate::kbps(1400), 5s);
  EXPECT_LT(heavy.estimator.estimate(), Bitrate::kbps(900));
  light.loss = 0.01;
  light.run(Bitrate::kbps(1400), 5s);
  EXPECT_GE(light.estimator.estimate(), Bitrate::kbps(1500));
}

TEST(Pacer, LetsABurstThroughThenTheRate) {
  Pacer pacer;
  pacer.set_rate(Bitrate::kbps(400));  // 1 Mbit/s on the wire
  base::Instant now{1000s};
  std::size_t sent = 0;
  for (int ms = 0; ms < 1000; ++ms, now += 1ms) {
    while (pacer.may_send(now)) pacer.sent(1000), sent += 1000;
  }
  EXPECT_NEAR(double(sent), 125'000, 5'000);
}

}  // namespace
}  // namespace greenroom::rtc
