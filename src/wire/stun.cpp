#include "wire/stun.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "wire/crc32.hpp"

namespace greenroom::wire {
namespace {

// RFC 8489 §18.3, RFC 8445 §20.1.
constexpr std::uint16_t attribute_username = 0x0006, attribute_message_integrity = 0x0008,
                        attribute_error_code = 0x0009, attribute_unknown_attributes = 0x000A,
                        attribute_xor_mapped_address = 0x0020, attribute_priority = 0x0024,
                        attribute_use_candidate = 0x0025, attribute_software = 0x8022, attribute_fingerprint = 0x8028,
                        attribute_ice_controlled = 0x8029, attribute_ice_controlling = 0x802A;
// Known to STUN, without a meaning in a connectivity check under short-term credentials: not "unknown required".
constexpr std::uint16_t harmless_types[] = {0x0001 /* MAPPED-ADDRESS */, attribute_unknown_attributes,
                                            0x0014 /* REALM */, 0x0015 /* NONCE */,
                                            0x001C /* MESSAGE-INTEGRITY-SHA256 */};
constexpr std::uint16_t first_optional = 0x8000;  // from here on unknown attributes are ignored
constexpr std::uint32_t fingerprint_mask = 0x5354554E;
constexpr std::size_t attribute_head = 4;
constexpr std::size_t integrity_size = 20;
constexpr std::uint8_t family_v4 = 1, family_v6 = 2;

std::size_t padded(std::size_t size) { return (size + 3) / 4 * 4; }

// RFC 8489 §5, figure 3: the class's two bits lie at positions 4 and 8 of the type.
std::uint16_t type_of(StunClass message_class, std::uint16_t method) {
  const auto c = unsigned(message_class);
  return std::uint16_t((method & 0x0F) | (method & 0x70) << 1 | (method & 0xF80) << 2 | (c & 1) << 4 | (c & 2) << 7);
}
StunClass class_of(std::uint16_t type) { return StunClass((type >> 4 & 1) | (type >> 7 & 2)); }
std::uint16_t method_of(std::uint16_t type) {
  return std::uint16_t((type & 0x0F) | (type >> 1 & 0x70) | (type >> 2 & 0xF80));
}

// RFC 8489 §14.2: the port is masked by the cookie, the address by cookie and transaction id.
std::array<std::uint8_t, 16> address_mask(const StunTransactionId& transaction) {
  std::array<std::uint8_t, 16> mask;
  base::store_u32(mask.data(), stun_magic_cookie);
  std::copy(transaction.begin(), transaction.end(), mask.begin() + 4);
  return mask;
}

std::optional<base::Address> parse_address(base::ByteView value, const StunTransactionId& transaction) {
  base::ByteReader reader(value);
  reader.skip(1);
  const std::uint8_t family = reader.u8();
  const auto port = std::uint16_t(reader.u16() ^ stun_magic_cookie >> 16);
  const auto ip = reader.rest();
  if (ip.size() != (family == family_v4 ? 4U : 16U) || (family != family_v4 && family != family_v6)) return {};
  const auto mask = address_mask(transaction);
  if (family == family_v4)
    return base::Address::v4(ip[0] ^ mask[0], ip[1] ^ mask[1], ip[2] ^ mask[2], ip[3] ^ mask[3], port);
  base::Address address;
  address.port = port;
  for (std::size_t i = 0; i < 16; ++i) address.ip[i] = ip[i] ^ mask[i];
  return address;
}

template <class T>
bool assign(std::optional<T>& field, std::optional<T> value) {
  field = value;
  return value.has_value();
}
std::optional<std::uint32_t> as_u32(base::ByteView v) {
  return v.size() == 4 ? std::optional(base::load_u32(v.data())) : std::nullopt;
}
std::optional<std::uint64_t> as_u64(base::ByteView v) {
  return v.size() == 8 ? std::optional(base::load_u64(v.data())) : std::nullopt;
}
std::optional<StunError> as_error(base::ByteView v) {
  if (v.size() < 4 || (v[2] & 7) < 3 || (v[2] & 7) > 6 || v[3] > 99) return std::nullopt;
  return StunError{std::uint16_t((v[2] & 7) * 100 + v[3]), base::as_text(v.subspan(4))};
}
bool set_username(StunMessage& m, base::ByteView value) {
  m.username = base::as_text(value);
  return value.size() <= max_stun_username;
}
void note_unknown(StunMessage& m, std::uint16_t type) {
  const bool harmless =
      std::find(std::begin(harmless_types), std::end(harmless_types), type) != std::end(harmless_types);
  if (type < first_optional && !harmless && !m.unknown_required) m.unknown_required = type;
}

// False when the attribute's value contradicts its type.
bool take_attribute(StunMessage& m, std::uint16_t type, base::ByteView value) {
  switch (type) {
    case attribute_username:
      return set_username(m, value);
    case attribute_priority:
      return assign(m.priority, as_u32(value));
    case attribute_use_candidate:
      return m.use_candidate = true;
    case attribute_ice_controlling:
      return assign(m.ice_controlling, as_u64(value));
    case attribute_ice_controlled:
      return assign(m.ice_controlled, as_u64(value));
    case attribute_xor_mapped_address:
      return assign(m.xor_mapped_address, parse_address(value, m.transaction));
    case attribute_error_code:
      return assign(m.error, as_error(value));
    default:
      note_unknown(m, type);
      return true;
  }
}

bool fingerprint_is_right(base::ByteView bytes, std::size_t at, base::ByteView value) {
  return as_u32(value) == (crc32(bytes.first(at)) ^ fingerprint_mask);
}

// Attributes up to MESSAGE-INTEGRITY count; behind it only FINGERPRINT does (RFC 8489 §14.5), and nothing is behind
// that.
bool take_attributes(StunMessage& m) {
  base::ByteReader reader(m.bytes.subspan(stun_header_size));
  while (reader.left() > 0) {
    const std::size_t at = stun_header_size + reader.position();
    const std::uint16_t type = reader.u16();
    const std::size_t size = reader.u16();
    const auto value = reader.take(size);
    reader.skip(padded(size) - size);
    if (!reader.ok()) return false;
    if (type == attribute_fingerprint)
      return m.has_fingerprint = reader.left() == 0 && fingerprint_is_right(m.bytes, at, value);
    if (m.has_integrity) continue;
    if (type == attribute_message_integrity) {
      if (size != integrity_size) return false;
      m.has_integrity = true, m.integrity_at = at;
    } else if (!take_attribute(m, type, value)) {
      return false;
    }
  }
  return true;
}

bool header_holds(base::ByteView datagram) {
  if (datagram.size() < stun_header_size || datagram.size() > max_stun_size || datagram.size() % 4 != 0) return false;
  return datagram[0] < 0x40 && base::load_u16(&datagram[2]) == datagram.size() - stun_header_size &&
         base::load_u32(&datagram[4]) == stun_magic_cookie;
}

bool equal(base::ByteView a, base::ByteView b) {  // in constant time: one side is a secret's authenticator
  std::uint8_t difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference |= std::uint8_t(a[i] ^ b[i]);
  return difference == 0;
}

}  // namespace

std::optional<StunMessage> StunMessage::parse(base::ByteView datagram) {
  if (!header_holds(datagram)) return std::nullopt;
  StunMessage m;
  m.bytes = datagram;
  const std::uint16_t type = base::load_u16(&datagram[0]);
  m.message_class = class_of(type);
  m.method = method_of(type);
  std::copy_n(datagram.begin() + 8, m.transaction.size(), m.transaction.begin());
  if (!take_attributes(m)) return std::nullopt;
  return m;
}

// The HMAC covers the message up to the attribute, under a length field that ends with the attribute.
bool StunMessage::verify_integrity(base::ByteView password, HmacSha1 hmac) const {
  if (!has_integrity) return false;
  std::array<std::uint8_t, max_stun_size> copy;
  std::copy_n(bytes.begin(), integrity_at, copy.begin());
  base::store_u16(&copy[2], std::uint16_t(integrity_at + attribute_head + integrity_size - stun_header_size));
  const auto expected = hmac(password, base::ByteView(copy).first(integrity_at));
  return equal(expected, bytes.subspan(integrity_at + attribute_head, integrity_size));
}

StunBuilder::StunBuilder(base::ByteSpan out, StunClass message_class, const StunTransactionId& transaction)
    : buffer_(out.first(std::min(out.size(), max_stun_size))), out_(buffer_), transaction_(transaction) {
  out_.u16(type_of(message_class, stun_binding));
  out_.u16(0);
  out_.u32(stun_magic_cookie);
  out_.bytes(transaction);
}

void StunBuilder::attribute(std::uint16_t type, base::ByteView value) {
  out_.u16(type), out_.u16(std::uint16_t(value.size()));
  out_.bytes(value);
  out_.zeros(padded(value.size()) - value.size());
}

void StunBuilder::set_length(std::size_t size_with_header) {
  if (out_.ok()) base::store_u16(&buffer_[2], std::uint16_t(size_with_header - stun_header_size));
}

StunBuilder& StunBuilder::username(std::string_view text) {
  return attribute(attribute_username, base::as_bytes(text)), *this;
}

StunBuilder& StunBuilder::priority(std::uint32_t value) {
  std::array<std::uint8_t, 4> bytes;
  base::store_u32(bytes.data(), value);
  return attribute(attribute_priority, bytes), *this;
}

StunBuilder& StunBuilder::use_candidate() { return attribute(attribute_use_candidate, {}), *this; }

StunBuilder& StunBuilder::ice_controlling(std::uint64_t tie_breaker) {
  std::array<std::uint8_t, 8> bytes;
  base::store_u64(bytes.data(), tie_breaker);
  return attribute(attribute_ice_controlling, bytes), *this;
}

StunBuilder& StunBuilder::ice_controlled(std::uint64_t tie_breaker) {
  std::array<std::uint8_t, 8> bytes;
  base::store_u64(bytes.data(), tie_breaker);
  return attribute(attribute_ice_controlled, bytes), *this;
}

StunBuilder& StunBuilder::xor_mapped_address(const base::Address& address) {
  const auto mask = address_mask(transaction_);
  const std::size_t first = address.is_v4() ? 12 : 0;  // IPv4 stands in the last four bytes
  std::array<std::uint8_t, 20> bytes;
  base::ByteWriter value(bytes);
  value.u8(0), value.u8(address.is_v4() ? family_v4 : family_v6);
  value.u16(std::uint16_t(address.port ^ stun_magic_cookie >> 16));
  for (std::size_t i = first; i < 16; ++i) value.u8(address.ip[i] ^ mask[i - first]);
  return attribute(attribute_xor_mapped_address, value.written()), *this;
}

StunBuilder& StunBuilder::error(const StunError& error) {
  GREENROOM_ASSERT(error.code >= 300 && error.code <= 699);
  std::array<std::uint8_t, 4 + 127> bytes;
  base::ByteWriter value(bytes);
  value.u16(0), value.u8(std::uint8_t(error.code / 100)), value.u8(std::uint8_t(error.code % 100));
  value.bytes(base::as_bytes(error.reason.substr(0, 127)));
  return attribute(attribute_error_code, value.written()), *this;
}

StunBuilder& StunBuilder::unknown_attribute(std::uint16_t type) {
  std::array<std::uint8_t, 2> bytes;
  base::store_u16(bytes.data(), type);
  return attribute(attribute_unknown_attributes, bytes), *this;
}

StunBuilder& StunBuilder::software(std::string_view text) {
  return attribute(attribute_software, base::as_bytes(text)), *this;
}

base::ByteView StunBuilder::finish(base::ByteView password, HmacSha1 hmac) {
  set_length(out_.size() + attribute_head + integrity_size);
  if (out_.ok()) attribute(attribute_message_integrity, hmac(password, out_.written()));
  return finish();
}

base::ByteView StunBuilder::finish() {
  set_length(out_.size() + attribute_head + 4);
  std::array<std::uint8_t, 4> value;
  base::store_u32(value.data(), crc32(out_.written()) ^ fingerprint_mask);
  attribute(attribute_fingerprint, value);
  return out_.ok() ? base::ByteView(out_.written()) : base::ByteView();
}

}  // namespace greenroom::wire
