#include "rtc/stream_quality.hpp"

#include <algorithm>
#include <cmath>

namespace greenroom::rtc {
namespace {
constexpr double repaired_weight = 0.2;  // a repair comes a round trip late
constexpr double steepness = 4;          // mediasoup's: a tenth lost is 7, a fifth is 4

std::uint64_t growth(std::uint64_t now, std::uint64_t before) { return now > before ? now - before : 0; }
}  // namespace

bool StreamQuality::look(const Totals& totals) {
  const auto expected = growth(totals.expected, before_.expected);
  const auto lost = std::min(growth(totals.lost, before_.lost), expected);
  const auto repaired = std::min(growth(totals.repaired, before_.repaired), lost);
  before_ = totals;
  if (expected == 0) return false;
  loss_ = float(double(lost) / double(expected));
  const double missed = (double(lost - repaired) + repaired_weight * double(repaired)) / double(expected);
  remember(10 * std::pow(1 - missed, steepness));
  return true;
}

void StreamQuality::remember(double score) {
  scores_[next_] = float(score);
  next_ = std::uint8_t((next_ + 1) % looks);
  count_ = std::uint8_t(std::min<std::size_t>(count_ + 1u, looks));
  double sum = 0, weights = 0;
  for (std::size_t age = 0; age < count_; ++age) {
    const double weight = double(looks - age);
    sum += weight * scores_[(next_ + looks - 1 - age) % looks];
    weights += weight;
  }
  score_ = std::int8_t(std::lround(sum / weights));
}

}  // namespace greenroom::rtc
