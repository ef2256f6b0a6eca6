#include "rtc/congestion.hpp"

#include <algorithm>
#include <cmath>

namespace greenroom::rtc {
namespace {
constexpr base::Duration ack_window = std::chrono::milliseconds(500);
constexpr base::Duration loss_window = std::chrono::milliseconds(500);
constexpr double loss_smoothing = 0.4;               // few packets make a window: one that lost by chance is no trend
constexpr double decrease_factor = 0.85;             // §5.5: beta
constexpr double growth_per_second = 1.08;           // §5.5: eta
constexpr double high_loss = 0.10, low_loss = 0.02;  // §6
constexpr base::Duration decrease_pause = std::chrono::milliseconds(300);  // let a decrease show before the next
constexpr base::Duration probe_after_success = std::chrono::milliseconds(300);
constexpr base::Duration probe_after_failure = std::chrono::seconds(4);
constexpr base::Duration probe_length = std::chrono::milliseconds(100);
constexpr base::Duration calm_before_probe = std::chrono::seconds(3);
constexpr double probe_step = 2.0;
constexpr int min_probe_packets = 5;
constexpr double probe_pass = 0.9;  // what must get through at the rate it was sent

double seconds(base::Duration d) { return double(d.count()) / 1e6; }
}  // namespace

void BandwidthEstimator::set(base::Bitrate rate) { estimate_ = std::clamp(rate, limits_.minimum, limits_.maximum); }

void BandwidthEstimator::on_feedback(const std::vector<SentSample>& samples, base::Instant now) {
  if (samples.empty()) return;
  for (const auto& sample : samples) {
    if (sample.arrival) delay_.add(sample);
  }
  measure_acknowledged(samples);
  judge_probe(samples);
  follow_delay(now);
  follow_loss(samples, now);
  last_feedback_ = now;
}

void BandwidthEstimator::measure_acknowledged(const std::vector<SentSample>& samples) {
  for (const auto& s : samples) {
    if (!s.arrival) continue;
    acked_.push_back({*s.arrival, s.size});
    acked_bytes_ += s.size;
  }
  while (!acked_.empty() && acked_.front().arrival + ack_window < acked_.back().arrival) {
    acked_bytes_ -= acked_.front().size;
    acked_.pop_front();
  }
  if (acked_.size() < 2) return;
  const auto span = std::max(acked_.back().arrival - acked_.front().arrival, ack_window / 2);
  acknowledged_ = base::Bitrate::of({acked_bytes_}, span);
}

void BandwidthEstimator::follow_delay(base::Instant now) {
  if (delay_.use() == PathUse::over) {
    last_increase_.reset();
    if (last_decrease_ && now - *last_decrease_ < decrease_pause) return;
    last_decrease_ = now;
    capacity_ = acknowledged_;
    set(std::min(estimate_, acknowledged_ * decrease_factor));
  } else if (delay_.use() == PathUse::normal) {
    increase(now);
  }
}

// Far from the last known capacity by a factor, near it by about a packet per round trip (§5.5).
void BandwidthEstimator::increase(base::Instant now) {
  const auto since =
      last_increase_ ? std::min<base::Duration>(now - *last_increase_, std::chrono::seconds(1)) : base::Duration(0);
  last_increase_ = now;
  if (loss_ > low_loss) return;
  if (acknowledged_ > estimate_) set(acknowledged_);  // what has arrived without a queue growing needs no other proof
  if (estimate_ > acknowledged_ * 1.5 + base::Bitrate::kbps(10)) return;  // not used, so not proven
  const bool near = capacity_ && estimate_ > *capacity_ * 0.9 && estimate_ < *capacity_ * 1.2;
  if (near) {
    const double per_second = 1200.0 * 8 / seconds(rtt_ + std::chrono::milliseconds(100));
    set({estimate_.bps + std::int64_t(per_second * seconds(since))});
  } else {
    set(estimate_ * std::pow(growth_per_second, seconds(since)));
  }
}

void BandwidthEstimator::follow_loss(const std::vector<SentSample>& samples, base::Instant now) {
  for (const auto& s : samples) loss_sent_ += 1, loss_lost_ += s.arrival ? 0 : 1;
  if (now - loss_since_ < loss_window || loss_sent_ < 10) return;
  loss_ += loss_smoothing * (double(loss_lost_) / loss_sent_ - loss_);
  loss_since_ = now;
  loss_sent_ = loss_lost_ = 0;
  if (loss_ > high_loss) {
    last_decrease_ = now;
    set(estimate_ * (1 - 0.5 * loss_));
  }
}

std::optional<ProbeCluster> BandwidthEstimator::start_probe(base::Bitrate wanted, base::Instant now) {
  if (!has_feedback() || wanted <= estimate_ || delay_.use() == PathUse::over || loss_ > high_loss) return std::nullopt;
  if (last_probe_ && now - *last_probe_ < (probe_passed_ ? probe_after_success : probe_after_failure))
    return std::nullopt;
  if (last_decrease_ && now - *last_decrease_ < calm_before_probe) return std::nullopt;
  last_probe_ = now;
  probe_passed_ = false;
  const auto rate = std::min({estimate_ * probe_step, wanted * 1.2, limits_.maximum});
  probe_ = {};
  probe_.id = next_probe_++;
  probe_.target = rate;
  return ProbeCluster{probe_.id, rate, probe_length};
}

// What arrived of the cluster, over the time it took to arrive: the path carried that rate for a moment.
void BandwidthEstimator::judge_probe(const std::vector<SentSample>& samples) {
  bool grew = false;
  for (const auto& s : samples) {
    if (s.probe == 0 || s.probe != probe_.id || !s.arrival) continue;
    if (probe_.packets++ == 0) {
      probe_.first_sent = s.sent, probe_.first_arrival = *s.arrival, probe_.first_size = s.size;
    }
    probe_.last_sent = s.sent;
    probe_.last_arrival = std::max(probe_.last_arrival, *s.arrival);
    probe_.last_size = s.size;
    probe_.bytes += s.size;
    grew = true;
  }
  if (!grew || probe_.packets < min_probe_packets) return;
  const auto sent = base::Bitrate::of({probe_.bytes - probe_.last_size}, probe_.last_sent - probe_.first_sent);
  const auto came = base::Bitrate::of({probe_.bytes - probe_.first_size}, probe_.last_arrival - probe_.first_arrival);
  if (sent.bps <= 0 || came.bps <= 0) return;
  if (came < sent * probe_pass) return;
  probe_passed_ = true;
  const auto proven = std::min({came, sent, probe_.target});
  if (proven > estimate_) set(proven);
}

}  // namespace greenroom::rtc
