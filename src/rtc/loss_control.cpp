#include "rtc/loss_control.hpp"

#include <algorithm>
#include <cmath>

namespace greenroom::rtc {
namespace {
constexpr base::Duration window = std::chrono::milliseconds(500);
constexpr std::uint32_t min_window_packets = 20;
constexpr double loss_smoothing = 0.4;      // few packets make a window: one that lost by chance is no trend
constexpr double high = 0.10, low = 0.02;   // §6
constexpr double max_own = 0.30;            // worse is a broken path, on which less is better in any case
constexpr double less_sent = 0.8;           // of before: then the losses should have become fewer
constexpr double still_lost = 0.7;          // of before: they did not
constexpr double packets_remembered = 2.5;  // windows that weigh in the smoothed loss
constexpr double deviations = 1.5;          // by which losses must be above the limit to be believed
}  // namespace

double LossControl::excess() const { return std::max(0.0, loss_ - own_); }
bool LossControl::may_grow() const { return excess() <= low; }
bool LossControl::may_probe() const { return excess() <= high; }

bool LossControl::close_window(base::Instant now) {
  if (now - since_ < window || sent_ < min_window_packets) return false;
  const auto length = since_ == base::Instant{} ? window : now - since_;
  sending_ = base::Bitrate::of({bytes_}, length);
  loss_ += loss_smoothing * (double(lost_) / sent_ - loss_);
  doubt_ = std::sqrt(loss_ * (1 - loss_) / (sent_ * packets_remembered));
  own_ = std::min(own_, loss_);
  since_ = now;
  sent_ = lost_ = 0;
  bytes_ = 0;
  return true;
}

base::Bitrate LossControl::next(base::Bitrate current, std::span<const SentSample> samples, base::Instant now) {
  for (const auto& sample : samples) {
    ++sent_;
    lost_ += sample.arrival ? 0 : 1;
    bytes_ += sample.size;
  }
  if (!close_window(now)) return current;
  const auto judged = judge(current);
  if (excess() - deviations * doubt_ <= high) {
    if (may_grow()) episode_.reset();
    return judged;
  }
  if (!episode_) episode_ = Episode{sending_, loss_, current};
  last_cut_ = now;
  return judged * (1 - 0.5 * excess());
}

// Less is sent since the first cut: are fewer lost?
base::Bitrate LossControl::judge(base::Bitrate current) {
  if (!episode_ || sending_ > episode_->sent * less_sent) return current;
  const auto before = *episode_;
  episode_.reset();
  if (loss_ < before.loss * still_lost) return current;
  own_ = std::min(loss_, max_own);
  return std::max(current, before.rate);
}

}  // namespace greenroom::rtc
