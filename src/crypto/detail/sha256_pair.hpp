// SHA-256 (FIPS 180-4 §6.2.2) of two messages side by side, by the processor's own instructions for it. Each of them
// waits for the one before, so one message leaves the processor idle half of the time: two take hardly longer.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace greenroom::crypto {

struct Sha256Lane {
  std::uint32_t* state;        // eight words: of the blocks so far, then of these too
  const std::uint8_t* blocks;  // of 64 bytes
};

bool can_hash_pairs();                                                       // the processor has them
void hash_pair(const std::array<Sha256Lane, 2>& lanes, std::size_t blocks);  // so many of each; only where it can

}  // namespace greenroom::crypto
