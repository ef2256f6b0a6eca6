#include "rtc/congestion.hpp"

#include <algorithm>

#include "base/prefetch.hpp"

namespace greenroom::rtc {
namespace {
constexpr base::Duration calm_before_probe = std::chrono::milliseconds(1500);
constexpr base::Duration feedback_patience = std::chrono::seconds(5);  // then the browser's own estimate counts again
constexpr double first_step = 3.0, next_step = 2.0;
constexpr double more_than_wanted = 1.2;  // so that the estimate lands above what is wanted
constexpr double remb_grew = 1.05;
constexpr double high_loss = 0.10, low_loss = 0.02;  // gcc-02 §6
constexpr double growth_per_report = 1.05;
}  // namespace

void BandwidthEstimator::set(base::Bitrate rate) { estimate_ = std::clamp(rate, limits_.minimum, limits_.maximum); }

void BandwidthEstimator::fetch_ahead(int step) const {
  if (step > 0) return acknowledged_.fetch_ahead();
  const auto at_hand = reinterpret_cast<const char*>(&acknowledged_) - reinterpret_cast<const char*>(this);
  base::prefetch(this, std::size_t(at_hand) + base::cache_line);
}

void BandwidthEstimator::on_feedback(const std::vector<SentSample>& samples, base::Instant now) {
  if (samples.empty()) return;
  last_feedback_ = now;
  for (const auto& sample : samples) {
    if (sample.arrival) delay_.add(sample);
  }
  acknowledged_.add(samples);
  // What a burst meets is the path's rate, even if its queue was long enough to be taken for congestion.
  if (const auto met = prober_.add(samples, now); met && *met > estimate_) set(*met);
  const auto carried = overused() ? acknowledged_.recent() : base::Bitrate();
  const RateControl::Path path{delay_.use(), acknowledged_.rate(), carried, rtt_, loss_.may_grow()};
  set(rate_.next(estimate_, path, now));
  set(loss_.next(estimate_, samples, now));
}

void BandwidthEstimator::on_remb(base::Bitrate rate, base::Instant now) {
  if (last_feedback_ && now - *last_feedback_ < feedback_patience) return;
  last_remb_ = now;
  if (rate > estimate_ * remb_grew) prober_.succeed(now);
  set(rate);
}

// Without a number of any kind the initial estimate is the ceiling, and losses are what there is to go by.
void BandwidthEstimator::on_report(double fraction_lost, base::Instant) {
  if (has_feedback()) return;
  if (fraction_lost > high_loss) set(estimate_ * (1 - 0.5 * fraction_lost));
  if (fraction_lost < low_loss) set(std::min(estimate_ * growth_per_report, limits_.initial));
}

bool BandwidthEstimator::calm(base::Instant now) const {
  const auto long_ago = [&](const std::optional<base::Instant>& cut) {
    return !cut || now - *cut >= calm_before_probe;
  };
  return !overused() && loss_.may_probe() && long_ago(rate_.last_cut()) && long_ago(loss_.last_cut());
}

std::optional<ProbeCluster> BandwidthEstimator::start_probe(base::Bitrate wanted, base::Instant now) {
  prober_.expire(now);
  if (!has_feedback() || wanted <= estimate_ || !prober_.due(now) || !calm(now)) return std::nullopt;
  const double step = prober_.ever_passed() || rate_.last_cut() ? next_step : first_step;
  return prober_.start(std::min({estimate_ * step, wanted * more_than_wanted, limits_.maximum}), now);
}

}  // namespace greenroom::rtc
