// Counts of observations below given bounds, as Prometheus wants them. Pure.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace greenroom::sfu {

template <const auto& bounds>
class Histogram {
 public:
  static constexpr std::size_t size = bounds.size();

  void add(double value) {
    const auto at = std::size_t(std::ranges::lower_bound(bounds, value) - bounds.begin());
    ++counts_[at];
    sum_ += value;
  }
  void add(const Histogram& other) {
    for (std::size_t i = 0; i <= size; ++i) counts_[i] += other.counts_[i];
    sum_ += other.sum_;
  }
  static double bound(std::size_t i) { return bounds[i]; }
  std::uint64_t count(std::size_t i) const { return counts_[i]; }  // of bucket i alone; size: above all bounds
  double sum() const { return sum_; }

 private:
  std::array<std::uint64_t, bounds.size() + 1> counts_{};
  double sum_ = 0;
};

inline constexpr std::array rtt_bounds{0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6};    // seconds
inline constexpr std::array loss_bounds{0.0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4};  // of 1
using RttHistogram = Histogram<rtt_bounds>;
using LossHistogram = Histogram<loss_bounds>;

}  // namespace greenroom::sfu
