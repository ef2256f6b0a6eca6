#include "rtc/delay_detector.hpp"

#include <algorithm>
#include <cmath>

namespace greenroom::rtc {
namespace {
constexpr base::Duration burst_span = std::chrono::milliseconds(5);
constexpr double delay_smoothing = 0.9;
constexpr double gain = 4.0;  // makes a slope comparable with the threshold in ms
constexpr int max_deltas = 60;
constexpr double over_time_ms = 10;                    // §5.4: overuse must last this long
constexpr double up_rate = 0.0087, down_rate = 0.039;  // §5.4: K_u, K_d
constexpr double min_threshold_ms = 6, max_threshold_ms = 600;
constexpr double outlier_ms = 15;  // §5.4: a spike does not teach the threshold

double ms(base::Duration d) { return double(d.count()) / 1000.0; }
}  // namespace

void DelayDetector::add(const SentSample& sample) {
  if (!current_ || sample.sent - current_->first_sent > burst_span) {
    if (current_) close_group();
    current_ = Group{sample.sent, sample.sent, *sample.arrival, *sample.arrival};
    return;
  }
  current_->last_sent = std::max(current_->last_sent, sample.sent);
  current_->last_arrival = std::max(current_->last_arrival, *sample.arrival);
}

void DelayDetector::close_group() {
  if (previous_) {
    const double sent = ms(current_->last_sent - previous_->last_sent);
    const double arrived = ms(current_->last_arrival - previous_->last_arrival);
    if (!origin_) origin_ = current_->last_arrival;
    deltas_ = std::min(deltas_ + 1, max_deltas);
    accumulated_ms_ += arrived - sent;
    smoothed_ms_ = delay_smoothing * smoothed_ms_ + (1 - delay_smoothing) * accumulated_ms_;
    trend_.add({ms(current_->last_arrival - *origin_), smoothed_ms_});
    judge(deltas_ * trend_.slope() * gain, sent);
  }
  previous_ = current_;
}

void DelayDetector::judge(double trend_ms, double step_ms) {
  if (trend_ms > threshold_ms_) {
    over_for_ms_ += step_ms;
    if (over_for_ms_ > over_time_ms && trend_ms >= last_trend_ms_) use_ = PathUse::over;
  } else {
    over_for_ms_ = 0;
    use_ = trend_ms < -threshold_ms_ ? PathUse::under : PathUse::normal;
  }
  last_trend_ms_ = trend_ms;
  adapt(trend_ms, step_ms);
}

void DelayDetector::adapt(double trend_ms, double step_ms) {
  const double size = std::abs(trend_ms);
  if (size > threshold_ms_ + outlier_ms) return;
  const double rate = size < threshold_ms_ ? down_rate : up_rate;
  threshold_ms_ += rate * (size - threshold_ms_) * std::min(step_ms, 100.0);
  threshold_ms_ = std::clamp(threshold_ms_, min_threshold_ms, max_threshold_ms);
}

}  // namespace greenroom::rtc
