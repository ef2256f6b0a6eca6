// For tests here and in the modules above: limits that make passwords cheap, and entropy that is repeatable.
#pragma once
#include <mutex>

#include "base/id.hpp"
#include "base/rng.hpp"
#include "crypto/totp.hpp"
#include "notify/test_post.hpp"
#include "people/people.hpp"

namespace greenroom::people {

// Repeatable, and thread-safe as People and Studio want it. Ids that are made from it within one millisecond come in
// the order of their making, so that a test with a standing clock has lists in that order.
class LockedRng final : public base::Rng {
 public:
  explicit LockedRng(std::uint64_t seed) : rng_(seed) {}
  void fill(std::span<std::uint8_t> out) override {
    std::lock_guard guard(lock_);
    rng_.fill(out);
    if (out.size() != sizeof(base::Uuid)) return;
    ++ids_;
    out[6] = std::uint8_t(ids_ >> 8);  // the first random bits of a UUIDv7
    out[7] = std::uint8_t(ids_);
  }

 private:
  std::mutex lock_;
  base::SeededRng rng_;
  std::uint32_t ids_ = 0;
};

// What an authenticator app with this secret shows.
inline std::string totp(std::string_view secret, base::WallTime now) {
  return crypto::totp_code(*crypto::from_base32(secret), crypto::totp_step_at(now));
}

inline PeopleLimits test_limits() {
  PeopleLimits limits;
  limits.password_cost = crypto::PasswordCost::cheapest();
  return limits;
}

}  // namespace greenroom::people
