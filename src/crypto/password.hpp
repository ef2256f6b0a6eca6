// Password hashes: Argon2id through libsodium, in the PHC text form that carries its own salt and cost. Blocking and
// slow by design (tens of milliseconds at the default cost): call on the blocking pool. Pure but for the salt;
// thread-safe.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace greenroom::crypto {

inline constexpr base::ErrorCode password_hash_failed{base::ErrorKind::exhausted, "crypto.password_hash_failed"};
inline constexpr base::ErrorCode password_too_long{base::ErrorKind::invalid, "crypto.password_too_long"};
inline constexpr std::size_t max_password_size = 1024;  // bytes; longer ones are refused by hash and never verify

// Default: libsodium's "interactive" (OWASP asks for at least 19 MiB and two passes).
struct PasswordCost {
  std::uint64_t passes = 2;
  std::size_t memory_bytes = 64 << 20;
  static PasswordCost cheapest() { return {1, 8192}; }  // for tests
};

base::Result<std::string> hash_password(std::string_view password, const PasswordCost& cost = {});
bool verify_password(std::string_view hash, std::string_view password);
// True when the hash was made at another cost than `cost`: hash again at the next login.
bool needs_rehash(std::string_view hash, const PasswordCost& cost = {});

}  // namespace greenroom::crypto
