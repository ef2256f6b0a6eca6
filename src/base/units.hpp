// Quantities that are not just integers.
#pragma once
#include <compare>
#include <cstdint>

#include "base/time.hpp"

namespace greenroom::base {

struct ByteCount {
  std::uint64_t value = 0;
  friend auto operator<=>(const ByteCount&, const ByteCount&) = default;
};

struct SampleCount {
  std::int64_t value = 0;
  friend auto operator<=>(const SampleCount&, const SampleCount&) = default;
};

// Bits per second.
struct Bitrate {
  std::int64_t bps = 0;
  static constexpr Bitrate kbps(std::int64_t k) { return {k * 1000}; }
  static constexpr Bitrate of(ByteCount bytes, Duration over) {
    return {over.count() <= 0 ? 0 : std::int64_t(bytes.value) * 8 * 1'000'000 / over.count()};
  }
  constexpr ByteCount bytes_in(Duration d) const { return {std::uint64_t(bps * d.count() / 8 / 1'000'000)}; }
  friend constexpr Bitrate operator+(Bitrate a, Bitrate b) { return {a.bps + b.bps}; }
  friend constexpr Bitrate operator-(Bitrate a, Bitrate b) { return {a.bps - b.bps}; }
  friend constexpr Bitrate operator*(Bitrate a, double f) { return {std::int64_t(double(a.bps) * f)}; }
  friend auto operator<=>(const Bitrate&, const Bitrate&) = default;
};

}  // namespace greenroom::base
