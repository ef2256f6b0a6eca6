// The operating system's entropy as a base::Rng. Stateless and thread-safe.
#pragma once
#include "base/rng.hpp"

namespace greenroom::crypto {

class SystemRng final : public base::Rng {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

}  // namespace greenroom::crypto
