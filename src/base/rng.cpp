#include "base/rng.hpp"

namespace greenroom::base {

std::uint64_t SeededRng::next() {
  std::uint64_t z = state_ += 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

void SeededRng::fill(std::span<std::uint8_t> out) {
  for (std::size_t i = 0; i < out.size();) {
    std::uint64_t word = next();
    for (int k = 0; k < 8 && i < out.size(); ++k, word >>= 8) out[i++] = std::uint8_t(word);
  }
}

}  // namespace greenroom::base
