#include "media/resample.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace greenroom::media {
namespace {

constexpr int phases = 512;
constexpr int half_taps = 32;
constexpr double kaiser_beta = 9.0;
constexpr double passband = 0.95;  // of the Nyquist frequency: the rest is the filter's slope

double bessel_i0(double x) {
  double sum = 1, term = 1;
  for (int k = 1; k < 40; ++k) {
    term *= (x / (2 * k)) * (x / (2 * k));
    sum += term;
  }
  return sum;
}

double sinc(double x) { return x == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x); }

double kaiser(double x) {  // x in [-1, 1]
  return std::abs(x) >= 1 ? 0 : bessel_i0(kaiser_beta * std::sqrt(1 - x * x)) / bessel_i0(kaiser_beta);
}

// Row p: weights of the taps for a position p/phases behind the tap reach-1, scaled so that a constant stays itself.
void fill_row(std::span<float> row, int reach, double fraction, double cutoff) {
  double sum = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const double distance = double(int(i) - (reach - 1)) - fraction;
    const double value = sinc(distance * cutoff) * kaiser(distance / reach);
    row[i] = float(value);
    sum += value;
  }
  for (float& value : row) value = float(value / sum);
}

}  // namespace

Interpolator::Interpolator(double step) {
  const double cutoff = std::min(1.0, 1.0 / step) * passband;
  reach_ = (int(std::ceil(half_taps * std::max(1.0, step))) + 3) / 4 * 4;  // taps in whole eights
  taps_ = 2 * reach_;
  table_.resize(std::size_t(phases + 1) * std::size_t(taps_));
  for (int p = 0; p <= phases; ++p) {
    const auto row = std::span(table_).subspan(std::size_t(p) * std::size_t(taps_), std::size_t(taps_));
    fill_row(row, reach_, double(p) / phases, cutoff);
  }
}

// Eight sums side by side: the compiler may not reorder one float sum, but it may do these in one register.
float Interpolator::tapped(const float* first, const float* row, double fraction) const {
  const float* next_row = row + taps_;
  std::array<float, 8> low{}, high{};
  for (int i = 0; i < taps_; i += 8)
    for (std::size_t lane = 0; lane < 8; ++lane) {
      low[lane] += first[std::size_t(i) + lane] * row[std::size_t(i) + lane];
      high[lane] += first[std::size_t(i) + lane] * next_row[std::size_t(i) + lane];
    }
  float low_sum = 0, high_sum = 0;
  for (std::size_t lane = 0; lane < 8; ++lane) low_sum += low[lane], high_sum += high[lane];
  return low_sum + float(fraction) * (high_sum - low_sum);
}

float Interpolator::at(std::span<const float> samples, double position) const {
  const double whole = std::floor(position);
  const double scaled = (position - whole) * phases;
  const int phase = std::min(int(scaled), phases - 1);
  const float* row = table_.data() + std::size_t(phase) * std::size_t(taps_);
  const auto frames = std::int64_t(samples.size());
  const auto first = std::int64_t(whole) - (reach_ - 1);
  if (first >= 0 && first + taps_ <= frames) return tapped(samples.data() + first, row, scaled - phase);
  std::vector<float> padded(std::size_t(taps_), 0.0f);  // only at the very edges of a piece
  for (std::int64_t i = 0; i < taps_; ++i)
    if (first + i >= 0 && first + i < frames) padded[std::size_t(i)] = samples[std::size_t(first + i)];
  return tapped(padded.data(), row, scaled - phase);
}

}  // namespace greenroom::media
