#include "crypto/encoding.hpp"

#include <array>

namespace greenroom::crypto {
namespace {

constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view base64url_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view hex_digits = "0123456789abcdef";

using Inverse = std::array<std::int8_t, 256>;

constexpr Inverse inverse_of(std::string_view alphabet) {
  Inverse inverse{};
  for (auto& v : inverse) v = -1;
  for (std::size_t i = 0; i < alphabet.size(); ++i) inverse[std::uint8_t(alphabet[i])] = std::int8_t(i);
  return inverse;
}

constexpr Inverse hex_inverse() {
  Inverse inverse = inverse_of(hex_digits);
  for (char c = 'A'; c <= 'F'; ++c) inverse[std::uint8_t(c)] = std::int8_t(c - 'A' + 10);
  return inverse;
}

// Without padding.
std::string encode64(base::ByteView bytes, std::string_view alphabet) {
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t bits = 0;
  int held = 0;
  for (const auto b : bytes) {
    bits = bits << 8 | b;
    for (held += 8; held >= 6; held -= 6) text += alphabet[bits >> (held - 6) & 63];
  }
  if (held > 0) text += alphabet[bits << (6 - held) & 63];
  return text;
}

base::Result<base::Bytes> decode64(std::string_view text, const Inverse& inverse) {
  if (text.size() % 4 == 1) return base::fail(bad_encoding, "base64 text of an impossible length");
  base::Bytes bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const int value = inverse[std::uint8_t(c)];
    if (value < 0) return base::fail(bad_encoding, "a character outside the base64 alphabet");
    bits = bits << 6 | std::uint32_t(value);
    held += 6;
    if (held >= 8) bytes.push_back(std::uint8_t(bits >> (held -= 8)));
  }
  // Two texts must not mean the same bytes: a signature could then be changed without becoming invalid.
  if ((bits & ((1U << held) - 1)) != 0) return base::fail(bad_encoding, "base64 text with leftover bits");
  return bytes;
}

}  // namespace

std::string to_base64(base::ByteView bytes) {
  std::string text = encode64(bytes, base64_digits);
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

base::Result<base::Bytes> from_base64(std::string_view text) {
  static constexpr Inverse digits_inverse = inverse_of(base64_digits);
  if (text.size() % 4 != 0) return base::fail(bad_encoding, "base64 text without its padding");
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  return decode64(text, digits_inverse);
}

std::string to_base64url(base::ByteView bytes) { return encode64(bytes, base64url_digits); }

base::Result<base::Bytes> from_base64url(std::string_view text) {
  static constexpr Inverse digits_inverse = inverse_of(base64url_digits);
  return decode64(text, digits_inverse);
}

std::string to_hex(base::ByteView bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const auto b : bytes) text += hex_digits[b >> 4], text += hex_digits[b & 15];
  return text;
}

base::Result<base::Bytes> from_hex(std::string_view text) {
  static constexpr Inverse digits_inverse = hex_inverse();
  if (text.size() % 2 != 0) return base::fail(bad_encoding, "hex text of odd length");
  base::Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digits_inverse[std::uint8_t(text[i])], low = digits_inverse[std::uint8_t(text[i + 1])];
    if (high < 0 || low < 0) return base::fail(bad_encoding, "a character that is no hex digit");
    bytes.push_back(std::uint8_t(high << 4 | low));
  }
  return bytes;
}

}  // namespace greenroom::crypto
