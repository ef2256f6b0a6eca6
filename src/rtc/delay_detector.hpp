// Tells from the arrival times of our packets whether a queue is building up somewhere on the path: the trend of the
// one-way delay, held against a threshold that adapts to the path's ordinary jitter. In the spirit of
// draft-ietf-rmcat-gcc-02 §5 with a line fit in place of the Kalman filter. Pure, one per BandwidthEstimator.
#pragma once
#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "rtc/line_fit.hpp"
#include "rtc/twcc.hpp"

namespace greenroom::rtc {

enum class PathUse : std::uint8_t { normal, under, over };

class DelayDetector {
 public:
  void add(const SentSample& sample);  // one that arrived, in order of sending
  PathUse use() const { return use_; }

 private:
  // Packets sent within burst_span travel as one: their spacing says nothing about queues (§5.2).
  struct Group {
    base::Instant first_sent, last_sent;
    base::Duration first_arrival{0}, last_arrival{0};
  };
  void close_group();
  void judge(double trend_ms, double step_ms);
  void adapt(double trend_ms, double step_ms);

  std::optional<Group> previous_, current_;
  LineFit trend_;  // of the delay over the time of arrival, in ms, a point a group
  std::optional<base::Duration> origin_;
  double accumulated_ms_ = 0, smoothed_ms_ = 0;
  int deltas_ = 0;
  double threshold_ms_ = 12.5;  // §5.4's initial value
  double over_for_ms_ = 0, last_trend_ms_ = 0;
  PathUse use_ = PathUse::normal;
};

}  // namespace greenroom::rtc
