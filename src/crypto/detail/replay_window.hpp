// Which packet indices of one SSRC have been seen (RFC 3711 §3.3.2): a ring of bits below the highest index.
// check() first, accept() only what proved authentic.
#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "base/prefetch.hpp"
#include "crypto/srtp.hpp"

namespace greenroom::crypto {

// `window` packets behind the highest are told apart.
template <std::size_t window>
class SlidingWindow {
 public:
  std::optional<Drop> check(std::uint64_t index) const {
    if (!any_ || index > highest_) return std::nullopt;
    if (highest_ - index >= window) return Drop::too_old;
    if (ring_[word_of(index)] & bit_of(index)) return Drop::replayed;
    return std::nullopt;
  }

  void accept(std::uint64_t index) {
    if (!any_ || index > highest_) advance_to(index);
    ring_[word_of(index)] |= bit_of(index);
  }

  // Hints that one shortly after the highest comes soon: first 0, then 1.
  void fetch_ahead(int step) const { base::prefetch(step == 0 ? &highest_ : &ring_[word_of(highest_)]); }

  // RFC 3711 §3.3.1: the index that a 16-bit sequence number most likely has; nothing before the first cycle.
  std::optional<std::uint64_t> guess(std::uint16_t sequence) const {
    if (!any_) return sequence;
    const auto ahead = std::int16_t(sequence - std::uint16_t(highest_));
    if (ahead < 0 && std::uint64_t(-ahead) > highest_) return std::nullopt;
    return highest_ + std::uint64_t(std::int64_t(ahead));
  }

 private:
  // Twice the window, so that the words entered by an advance never hold indices still inside the window.
  static constexpr std::size_t words = 2 * window / 64;
  static std::size_t word_of(std::uint64_t index) { return index / 64 % words; }
  static std::uint64_t bit_of(std::uint64_t index) { return 1ULL << index % 64; }

  void advance_to(std::uint64_t index) {
    const std::uint64_t steps = any_ ? index / 64 - highest_ / 64 : words;
    for (std::uint64_t i = 0; i < steps && i < words; ++i) ring_[word_of(index - 64 * i)] = 0;
    highest_ = index;
    any_ = true;
  }

  bool any_ = false;
  std::uint64_t highest_ = 0;
  std::array<std::uint64_t, words> ring_{};
};

using ReplayWindow = SlidingWindow<replay_window_size>;

}  // namespace greenroom::crypto
