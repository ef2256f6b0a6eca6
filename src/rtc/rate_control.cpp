#include "rtc/rate_control.hpp"

#include <algorithm>
#include <cmath>

namespace greenroom::rtc {
namespace {
constexpr double capacity_smoothing = 0.05;
constexpr double min_variance = 0.4, max_variance = 2.5;  // kbps² a kbps: 300 kbps is known to 3 * sqrt(120), ±33
constexpr double cut_factor = 0.85;                       // §5.5: beta
constexpr double growth_per_second = 1.08;                // §5.5: eta
constexpr base::Duration cut_pause = std::chrono::milliseconds(300);  // let a cut show before the next
constexpr double packet_bits = 1200 * 8;
constexpr base::Duration reaction = std::chrono::milliseconds(100);  // of the detector, on top of the round trip
constexpr double used_share = 1.5;  // what is not used is not proven: no growth beyond this times what arrives
constexpr base::Bitrate used_slack = base::Bitrate::kbps(10);

double kbps(base::Bitrate rate) { return double(rate.bps) / 1000; }
double seconds(base::Duration d) { return double(d.count()) / 1e6; }
}  // namespace

double LinkCapacity::spread() const { return 3 * std::sqrt(variance_ * *kbps_); }

void LinkCapacity::saw(base::Bitrate rate) {
  const double value = kbps(rate);
  if (!kbps_ || std::abs(value - *kbps_) > spread()) {  // another path than the one remembered
    kbps_ = value;
    variance_ = min_variance;
    return;
  }
  const double off = value - *kbps_;
  *kbps_ += capacity_smoothing * off;
  variance_ += capacity_smoothing * (off * off / std::max(*kbps_, 1.0) - variance_);
  variance_ = std::clamp(variance_, min_variance, max_variance);
}

bool LinkCapacity::near(base::Bitrate rate) const { return kbps_ && std::abs(kbps(rate) - *kbps_) <= spread(); }

bool LinkCapacity::below(base::Bitrate rate) const { return kbps_ && kbps(rate) > *kbps_ + spread(); }

base::Bitrate RateControl::next(base::Bitrate current, const Path& path, base::Instant now) {
  switch (path.use) {
    case PathUse::over:
      last_growth_.reset();
      return cut(current, path, now);
    case PathUse::under:  // the queue drains: hold until it has
      last_growth_.reset();
      return current;
    case PathUse::normal:
      break;
  }
  return grow(current, path, now);
}

base::Bitrate RateControl::cut(base::Bitrate current, const Path& path, base::Instant now) {
  if (last_cut_ && now - *last_cut_ < std::max(cut_pause, path.rtt)) return current;
  last_cut_ = now;
  capacity_.saw(path.carried);
  return std::min(current, path.carried * cut_factor);
}

base::Bitrate RateControl::grow(base::Bitrate current, const Path& path, base::Instant now) {
  const auto since =
      last_growth_ ? std::min<base::Duration>(now - *last_growth_, std::chrono::seconds(1)) : base::Duration(0);
  last_growth_ = now;
  if (capacity_.below(path.acknowledged)) capacity_.forget();
  if (path.acknowledged > current) return path.acknowledged;  // arrived without a queue growing: proof enough
  if (!path.may_grow || current > path.acknowledged * used_share + used_slack) return current;
  if (!capacity_.near(path.acknowledged)) return current * std::pow(growth_per_second, seconds(since));
  return {current.bps + std::int64_t(packet_bits / seconds(path.rtt + reaction) * seconds(since))};
}

}  // namespace greenroom::rtc
