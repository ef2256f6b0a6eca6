#include "base/id.hpp"

namespace greenroom::base {
namespace {

constexpr ErrorCode bad_id{ErrorKind::invalid, "base.bad_id"};
constexpr std::string_view hex_digits = "0123456789abcdef";

constexpr bool dash_before(std::size_t byte) { return byte == 4 || byte == 6 || byte == 8 || byte == 10; }

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = char(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

Uuid make_uuid_v7(WallTime now, Rng& rng) {
  Uuid uuid;
  rng.fill(uuid);
  const auto ms = std::uint64_t(to_millis(now));
  for (std::size_t i = 0; i < 6; ++i) uuid[i] = std::uint8_t(ms >> (40 - 8 * i));
  uuid[6] = std::uint8_t((uuid[6] & 0x0f) | 0x70);  // version 7
  uuid[8] = std::uint8_t((uuid[8] & 0x3f) | 0x80);  // variant 10
  return uuid;
}

UuidText to_text(const Uuid& uuid) {
  UuidText text;
  std::size_t at = 0;
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    if (dash_before(i)) text[at++] = '-';
    text[at++] = hex_digits[uuid[i] >> 4];
    text[at++] = hex_digits[uuid[i] & 15];
  }
  return text;
}

std::string to_string(const Uuid& uuid) {
  const UuidText text = to_text(uuid);
  return std::string(text.data(), text.size());
}

Result<Uuid> parse_uuid(std::string_view text) {
  Uuid uuid;
  std::size_t at = 0;
  if (text.size() != 36) return fail(bad_id, "expected an id of 36 characters");
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    if (dash_before(i) && text[at++] != '-')
      return fail(bad_id, "expected an id like 0190163d-8694-739b-aea5-966c26f8ad91");
    const int high = hex_value(text[at]), low = hex_value(text[at + 1]);
    if (high < 0 || low < 0) return fail(bad_id, "an id has hexadecimal digits only");
    uuid[i] = std::uint8_t(high << 4 | low);
    at += 2;
  }
  return uuid;
}

}  // namespace greenroom::base
