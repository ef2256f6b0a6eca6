#include "media/correlate.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <numbers>

#include "media/median.hpp"

namespace greenroom::media {
namespace {

using Complex = std::complex<float>;

constexpr double silence_rms = 3e-4;  // -70 dBFS: a muted microphone
constexpr float phase_exponent = 0.5f;
constexpr double slope_span_s = 20;  // below, the slope is not worth estimating

void bit_reverse(std::vector<Complex>& data) {
  for (std::size_t i = 1, j = 0; i < data.size(); ++i) {
    std::size_t bit = data.size() >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(data[i], data[j]);
  }
}

// Radix-2 Cooley-Tukey in place; size is a power of two.
void fft(std::vector<Complex>& data) {
  bit_reverse(data);
  std::vector<Complex> roots(data.size() / 2);
  for (std::size_t k = 0; k < roots.size(); ++k)
    roots[k] = Complex(std::polar(1.0, -2 * std::numbers::pi * double(k) / double(data.size())));
  for (std::size_t length = 2; length <= data.size(); length *= 2)
    for (std::size_t start = 0; start < data.size(); start += length)
      for (std::size_t k = 0; k < length / 2; ++k) {
        const Complex a = data[start + k];
        const Complex b = data[start + k + length / 2] * roots[k * (data.size() / length)];
        data[start + k] = a + b;
        data[start + k + length / 2] = a - b;
      }
}

// Speech falls by some 6 dB an octave: this levels it, so that the peak of the correlation is sharp.
std::vector<float> whitened(std::span<const float> in) {
  std::vector<float> out(in.size());
  for (std::size_t i = 1; i < in.size(); ++i) out[i] = in[i] - 0.95f * in[i - 1];
  return out;
}

double energy(std::span<const float> in) {
  double sum = 0;
  for (float v : in) sum += double(v) * double(v);
  return sum;
}

// Takes most of its magnitude from each frequency and leaves its phase (generalised cross-correlation, PHAT with an
// exponent): a long tone would otherwise give a row of peaks a period apart, and the codec would pick one of them.
void level(std::vector<Complex>& spectrum) {
  double sum = 0;
  for (const auto& value : spectrum) sum += double(std::abs(value));
  const auto floor = float(1e-3 * sum / double(spectrum.size())) + 1e-20f;
  for (auto& value : spectrum) value *= std::pow(std::abs(value) + floor, -phase_exponent);
}

// Faded in and out (Hann): hard edges, which both windows have at the same place, would look like a lag of zero.
void copy_faded(std::span<const float> in, std::vector<Complex>& out) {
  for (std::size_t i = 0; i < in.size(); ++i)
    out[i] = in[i] * float(0.5 - 0.5 * std::cos(2 * std::numbers::pi * double(i) / double(in.size())));
}

// For the lags -max..max: high where other[i + lag] follows reference[i].
std::vector<float> cross_correlation(std::span<const float> reference, std::span<const float> other, std::size_t max) {
  const std::size_t size = std::bit_ceil(std::max(reference.size(), other.size()) + max + 1);
  std::vector<Complex> a(size), b(size);
  copy_faded(reference, a);
  copy_faded(other, b);
  fft(a), fft(b);
  for (std::size_t i = 0; i < size; ++i) a[i] = std::conj(std::conj(a[i]) * b[i]);
  level(a);
  fft(a);  // of the conjugate: the inverse, up to conjugation and scale
  std::vector<float> out;
  for (std::size_t i = 0; i <= 2 * max; ++i) out.push_back(a[(size + i - max) % size].real());
  return out;
}

// The normalised correlation of what stands opposite at one lag.
double likeness(std::span<const float> reference, std::span<const float> other) {
  double product = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) product += double(reference[i]) * double(other[i]);
  const double norm = std::sqrt(energy(reference) * energy(other));
  return norm > 0 ? product / norm : 0;
}

double parabola(float before, float at, float after) {
  const double bend = double(before) - 2 * double(at) + double(after);
  return bend == 0 ? 0 : 0.5 * (double(before) - double(after)) / bend;
}

double median_slope(std::span<const Lag> lags) {
  std::vector<double> slopes;
  for (std::size_t i = 0; i < lags.size(); ++i)
    for (std::size_t j = i + 1; j < lags.size(); ++j)
      if (lags[j].at_s - lags[i].at_s > slope_span_s / 2)
        slopes.push_back((lags[j].lag_ms - lags[i].lag_ms) / (lags[j].at_s - lags[i].at_s));
  return slopes.empty() ? 0 : median(std::move(slopes));
}

// The part of `other` that stands opposite to the whole of `reference` at this lag.
std::span<const float> overlap(std::span<const float> other, std::ptrdiff_t lag) {
  const auto size = std::ptrdiff_t(other.size());
  const auto from = std::clamp<std::ptrdiff_t>(lag, 0, size), to = std::clamp<std::ptrdiff_t>(size + lag, 0, size);
  return other.subspan(std::size_t(from), std::size_t(std::max<std::ptrdiff_t>(0, to - from)));
}

}  // namespace

std::optional<Lag> find_lag(std::span<const float> reference, std::span<const float> other, const LagOptions& options) {
  if (reference.size() < 16 || other.size() != reference.size()) return std::nullopt;
  const double floor = silence_rms * silence_rms * double(reference.size());
  if (energy(reference) < floor || energy(other) < floor) return std::nullopt;
  const auto a = whitened(reference), b = whitened(other);
  const auto max = std::min(std::size_t(options.max_lag_s * options.sample_rate), reference.size() / 2);
  const auto r = cross_correlation(a, b, max);
  const auto peak = std::size_t(std::max_element(r.begin(), r.end()) - r.begin());
  if (peak == 0 || peak + 1 == r.size()) return std::nullopt;
  const auto lag = std::ptrdiff_t(peak) - std::ptrdiff_t(max);
  const double strength = likeness(overlap(a, -lag), overlap(b, lag));
  const double fine = double(lag) + parabola(r[peak - 1], r[peak], r[peak + 1]);
  return Lag{double(reference.size()) / 2 / options.sample_rate, fine * 1000 / options.sample_rate, strength};
}

std::optional<LagFit> fit_lags(std::span<const Lag> lags) {
  std::vector<Lag> trusted;
  std::copy_if(lags.begin(), lags.end(), std::back_inserter(trusted),
               [](const Lag& lag) { return lag.strength >= correlation_trusted; });
  if (trusted.empty()) return std::nullopt;
  const double slope = median_slope(trusted), middle = (trusted.front().at_s + trusted.back().at_s) / 2;
  std::vector<double> level;
  for (const auto& lag : trusted) level.push_back(lag.lag_ms - slope * (lag.at_s - middle));
  LagFit fit{median(level), slope * 1000, 0, int(trusted.size())};
  for (double value : level) fit.residual_ms = std::max(fit.residual_ms, std::abs(value - fit.lag_ms));
  return fit;
}

}  // namespace greenroom::media
