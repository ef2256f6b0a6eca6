// For tests here and in the modules above: limits that make passwords cheap, and entropy that is repeatable.
#pragma once
#include <mutex>

#include "base/rng.hpp"
#include "notify/test_post.hpp"
#include "people/people.hpp"

namespace greenroom::people {

// Repeatable, and thread-safe as People and Studio want it.
class LockedRng final : public base::Rng {
 public:
  explicit LockedRng(std::uint64_t seed) : rng_(seed) {}
  void fill(std::span<std::uint8_t> out) override {
    std::lock_guard guard(lock_);
    rng_.fill(out);
  }

 private:
  std::mutex lock_;
  base::SeededRng rng_;
};

inline PeopleLimits test_limits() {
  PeopleLimits limits;
  limits.password_cost = crypto::PasswordCost::cheapest();
  return limits;
}

}  // namespace greenroom::people
