// Entropy as a parameter. SeededRng is for simulations and tests; crypto::SystemRng is the operating system's.
#pragma once
#include <array>
#include <cstdint>
#include <span>

namespace greenroom::base {

class Rng {
 public:
  virtual ~Rng() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;

  std::uint64_t u64() {
    std::array<std::uint8_t, 8> bytes;
    fill(bytes);
    std::uint64_t value = 0;
    for (auto b : bytes) value = value << 8 | b;
    return value;
  }
  std::uint32_t u32() { return std::uint32_t(u64() >> 32); }
  // Uniform in [0, bound); the bias of the modulo is below 2^-32 for every bound that fits 32 bits.
  std::uint64_t below(std::uint64_t bound) { return u64() % bound; }
  double unit() { return double(u64() >> 11) * 0x1.0p-53; }
};

// SplitMix64: small, repeatable, not for secrets.
class SeededRng final : public Rng {
 public:
  explicit SeededRng(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<std::uint8_t> out) override;

 private:
  std::uint64_t next();
  std::uint64_t state_;
};

}  // namespace greenroom::base
