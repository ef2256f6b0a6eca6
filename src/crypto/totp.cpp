#include "crypto/totp.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace greenroom::crypto {
namespace {

constexpr std::string_view base32_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

int base32_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a';
  if (c >= '2' && c <= '7') return c - '2' + 26;
  return -1;
}

}  // namespace

std::string to_base32(base::ByteView bytes) {
  std::string text;
  std::uint32_t bits = 0;
  int held = 0;
  for (const auto b : bytes) {
    bits = bits << 8 | b;
    for (held += 8; held >= 5; held -= 5) text += base32_alphabet[bits >> (held - 5) & 31];
  }
  if (held > 0) text += base32_alphabet[bits << (5 - held) & 31];
  return text;
}

base::Result<base::Bytes> from_base32(std::string_view text) {
  base::Bytes bytes;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    if (c == ' ') continue;
    const int value = base32_value(c);
    if (value < 0) return base::fail(bad_encoding, "a character outside the base32 alphabet");
    bits = bits << 5 | std::uint32_t(value);
    held += 5;
    if (held >= 8) bytes.push_back(std::uint8_t(bits >> (held -= 8)));
  }
  if (held >= 5 || (bits & ((1U << held) - 1)) != 0) return base::fail(bad_encoding, "base32 text with leftover bits");
  return bytes;
}

base::Bytes make_totp_secret(base::Rng& rng) {
  base::Bytes secret(totp_secret_size);
  rng.fill(secret);
  return secret;
}

std::string totp_uri(std::string_view issuer, std::string_view account, base::ByteView secret) {
  const auto name = base::percent_encode(issuer);
  return fmt::format("otpauth://totp/{}:{}?secret={}&issuer={}", name, base::percent_encode(account), to_base32(secret),
                     name);
}

std::uint64_t totp_step_at(base::WallTime now) {
  return std::uint64_t(now.time_since_epoch() / std::chrono::duration_cast<base::Duration>(totp_step));
}

std::string totp_code(base::ByteView secret, std::uint64_t step) {
  std::array<std::uint8_t, 8> counter;
  base::store_u64(counter.data(), step);
  const auto digest = hmac_sha1(secret, counter);
  // RFC 4226 §5.3: the last four bits say where the four bytes stand that become the number.
  const auto number = base::load_u32(digest.data() + (digest.back() & 15)) & 0x7fff'ffff;
  return fmt::format("{:06}", number % 1'000'000);
}

std::optional<std::uint64_t> match_totp(base::ByteView secret, std::string_view code, base::WallTime now,
                                        std::optional<std::uint64_t> used) {
  const auto middle = totp_step_at(now);
  std::optional<std::uint64_t> matched;
  for (auto step = middle - totp_drift_steps; step <= middle + totp_drift_steps; ++step) {
    const bool equal = equal_in_constant_time(base::as_bytes(totp_code(secret, step)), base::as_bytes(code));
    if (equal && (!used || step > *used)) matched = step;
  }
  return matched;
}

}  // namespace greenroom::crypto
