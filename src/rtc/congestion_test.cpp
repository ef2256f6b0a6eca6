#include "rtc/congestion.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "rtc/pacer.hpp"

namespace greenroom::rtc {
namespace {
using namespace std::chrono_literals;
using base::Bitrate;

constexpr BandwidthEstimator::Limits limits{Bitrate::kbps(1500), Bitrate::kbps(50), Bitrate::kbps(20'000)};

// A path of a given rate, fed with a constant stream, and its reports every 50 ms.
class Path {
 public:
  BandwidthEstimator estimator{limits};
  Bitrate capacity = Bitrate::kbps(100'000);
  double loss = 0;
  base::Instant now() const { return now_; }

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
  EXPECT_LT(heavy.estimator.estimate(), Bitrate::kbps(1200)) << "what gets through";
  light.loss = 0.01;
  light.run(Bitrate::kbps(1400), 5s);
  EXPECT_GE(light.estimator.estimate(), Bitrate::kbps(1500));
}

// Packets get lost at random, the queue stays empty: sending less would not help.
TEST(Bandwidth, WhatLessSendingDoesNotCureIsThePathsOwn) {
  Path path;
  path.loss = 0.2;
  path.run(Bitrate::kbps(1400), 2s);
  EXPECT_LT(path.estimator.estimate(), Bitrate::kbps(1400));
  path.run(Bitrate::kbps(700), 2s);
  EXPECT_GE(path.estimator.estimate(), Bitrate::kbps(1400));
  path.run(Bitrate::kbps(1400), 10s);
  EXPECT_GE(path.estimator.estimate(), Bitrate::kbps(1100));
}

TEST(Bandwidth, ABrowsersOwnEstimateIsTakenWhereItSendsNoFeedback) {
  BandwidthEstimator estimator({Bitrate::kbps(1500), Bitrate::kbps(50), Bitrate::kbps(20'000)});
  const base::Instant start{1000s};
  EXPECT_FALSE(estimator.start_probe(Bitrate::kbps(3000), start));
  estimator.on_remb(Bitrate::kbps(400), start);
  EXPECT_EQ(estimator.estimate(), Bitrate::kbps(400));
  EXPECT_TRUE(estimator.start_probe(Bitrate::kbps(3000), start)) << "its estimate rises only with what it is sent";
  estimator.on_remb(Bitrate::kbps(700), start + 500ms);
  EXPECT_EQ(estimator.estimate(), Bitrate::kbps(700));
  EXPECT_TRUE(estimator.start_probe(Bitrate::kbps(3000), start + 1s));
  estimator.on_remb(Bitrate{1}, start + 2s);
  EXPECT_EQ(estimator.estimate(), Bitrate::kbps(50)) << "the limits hold for it too";
}

TEST(Bandwidth, FeedbackOutranksTheBrowsersOwnEstimate) {
  Path path;
  path.run(Bitrate::kbps(1400), 1s);
  const auto before = path.estimator.estimate();
  path.estimator.on_remb(Bitrate::kbps(100), path.now());
  EXPECT_EQ(path.estimator.estimate(), before);
}

TEST(Bandwidth, ReportsAreTheLastResort) {
  BandwidthEstimator estimator({Bitrate::kbps(1500), Bitrate::kbps(50), Bitrate::kbps(20'000)});
  const base::Instant start{1000s};
  for (int i = 0; i < 5; ++i) estimator.on_report(0.3, start);
  EXPECT_LT(estimator.estimate(), Bitrate::kbps(900));
  for (int i = 0; i < 50; ++i) estimator.on_report(0, start);
  EXPECT_EQ(estimator.estimate(), Bitrate::kbps(1500)) << "and never more than to begin with";
}

TEST(Prober, BelievesWhatArrivesAtTheRateItWasSent) {
  Prober prober;
  const base::Instant start{1000s};
  const auto cluster = prober.start(Bitrate::kbps(800), start);
  EXPECT_FALSE(prober.due(start + 10s)) << "one at a time";
  std::vector<SentSample> samples;
  for (int i = 0; i < 10; ++i) {
    samples.push_back({start + i * 10ms, (start + i * 10ms + 20ms).time_since_epoch(), 1000, cluster.id});
  }
  EXPECT_FALSE(prober.add(std::span(samples).first(5), start + 100ms)) << "half of it proves nothing";
  const auto proven = prober.add(std::span(samples).subspan(5), start + 200ms);
  ASSERT_TRUE(proven);
  EXPECT_EQ(*proven, Bitrate::kbps(800));
  EXPECT_TRUE(prober.due(start + 500ms));
}

TEST(Prober, ABurstThatArrivesSlowerShowsThePath) {
  Prober prober;
  const base::Instant start{1000s};
  const auto cluster = prober.start(Bitrate::kbps(800), start);
  std::vector<SentSample> samples;
  for (int i = 0; i < 10; ++i) {
    samples.push_back({start + i * 10ms, (start + i * 20ms + 20ms).time_since_epoch(), 1000, cluster.id});
  }
  const auto proven = prober.add(samples, start + 300ms);
  ASSERT_TRUE(proven);
  EXPECT_LT(*proven, Bitrate::kbps(400));
  EXPECT_FALSE(prober.due(start + 3s)) << "not again soon";
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
