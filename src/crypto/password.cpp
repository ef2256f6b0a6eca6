#include "crypto/password.hpp"

#include <sodium.h>

#include <array>

namespace greenroom::crypto {
namespace {

bool ready() {
  static const bool ok = sodium_init() >= 0;
  return ok;
}

}  // namespace

base::Result<std::string> hash_password(std::string_view password, const PasswordCost& cost) {
  if (password.size() > max_password_size) return base::fail(password_too_long, "the password is too long");
  std::array<char, crypto_pwhash_STRBYTES> text{};
  if (!ready() || crypto_pwhash_str_alg(text.data(), password.data(), password.size(), cost.passes, cost.memory_bytes,
                                        crypto_pwhash_ALG_ARGON2ID13) != 0)
    return base::fail(password_hash_failed, "the password could not be hashed", "Argon2id: out of memory or bad cost");
  return std::string(text.data());
}

bool verify_password(std::string_view hash, std::string_view password) {
  std::array<char, crypto_pwhash_STRBYTES> text{};
  if (!ready() || hash.size() >= text.size() || password.size() > max_password_size) return false;
  hash.copy(text.data(), hash.size());
  return crypto_pwhash_str_verify(text.data(), password.data(), password.size()) == 0;
}

bool needs_rehash(std::string_view hash, const PasswordCost& cost) {
  std::array<char, crypto_pwhash_STRBYTES> text{};
  if (!ready() || hash.size() >= text.size()) return true;
  hash.copy(text.data(), hash.size());
  return crypto_pwhash_str_needs_rehash(text.data(), cost.passes, cost.memory_bytes) != 0;
}

}  // namespace greenroom::crypto
