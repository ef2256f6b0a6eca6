#include "wire/repr_digest.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace greenroom::wire {

namespace {

using Sha256 = std::array<std::uint8_t, 32>;

std::optional<std::uint8_t> hex_digit(char c) {
  if (c >= '0' && c <= '9') return std::uint8_t(c - '0');
  if (c >= 'a' && c <= 'f') return std::uint8_t(c - 'a' + 10);
  return std::nullopt;
}

std::optional<Sha256> parse(std::string_view hex) {
  Sha256 bytes{};
  if (hex.size() != 2 * bytes.size()) return std::nullopt;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);
    if (!high || !low) return std::nullopt;
    bytes[i] = std::uint8_t(*high << 4 | *low);
  }
  return bytes;
}

}  // namespace

std::string repr_digest(std::string_view sha256_hex) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto bytes = parse(sha256_hex);
  if (!bytes) return {};
  std::string out = "sha-256=:";
  std::uint32_t bits = 0;
  int held = 0;
  for (const std::uint8_t byte : *bytes) {
    bits = (bits << 8 | byte) & 0xFFFF;
    for (held += 8; held >= 6; held -= 6) out += digits[bits >> (held - 6) & 63];
  }
  out += digits[bits << (6 - held) & 63];  // 256 bits: 42 digits and four bits, then one sign of padding
  return out + "=:";
}

}  // namespace greenroom::wire
