#include "app/media_metrics.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace greenroom::app {
namespace {

TEST(MediaMetrics, ShardsAddUpAndBucketsAreCumulative) {
  sfu::Stats one, two;
  one.transports = 2, two.transports = 3;
  one.counters.rtp_forwarded = 100, two.counters.rtp_forwarded = 1;
  one.counters.dropped_forged = 7;
  one.counters.rtt.add(0.02);
  two.counters.rtt.add(0.03);
  two.counters.rtt.add(30);
  two.counters.loss_down.add(0);
  const auto text = api::print_metrics(media_metrics(add_up({one, two})));
  for (const auto* line :
       {"greenroom_transports 5\n", "greenroom_media_forwarded_packets_total 101\n",
        "greenroom_media_dropped_total{reason=\"forged\"} 7\n",
        "greenroom_media_round_trip_seconds_bucket{le=\"0.025\"} 1\n",
        "greenroom_media_round_trip_seconds_bucket{le=\"1.6\"} 2\n",
        "greenroom_media_round_trip_seconds_bucket{le=\"+Inf\"} 3\n", "greenroom_media_round_trip_seconds_count 3\n",
        "greenroom_media_loss_ratio_bucket{direction=\"down\",le=\"0\"} 1\n",
        "greenroom_media_loss_ratio_count{direction=\"up\"} 0\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
}

// However many people and rooms: the number of series is fixed.
TEST(MediaMetrics, SeriesAreFew) {
  std::size_t series = 0;
  for (const auto& family : media_metrics({})) series += family.samples.size();
  EXPECT_LE(series, 60u);
}

}  // namespace
}  // namespace greenroom::app
