// STUN binding messages as ICE uses them (RFC 8489, RFC 8445 §7, §16): a parsed view and a builder. The HMAC comes in
// as a function (crypto::hmac_sha1 fits), so that wire knows no cryptography. Values over the caller's bytes, any
// thread. Invariant: a StunMessage that parse() returns is well-formed and, where it carries a FINGERPRINT, that is
// right; nothing is authenticated until verify_integrity() says so.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/address.hpp"
#include "base/bytes.hpp"

namespace greenroom::wire {

inline constexpr std::uint32_t stun_magic_cookie = 0x2112A442;
inline constexpr std::size_t stun_header_size = 20;
inline constexpr std::size_t max_stun_size = 1280;  // longer ones are refused
inline constexpr std::size_t max_stun_username = 513;

using HmacSha1 = std::array<std::uint8_t, 20> (*)(base::ByteView key, base::ByteView data);
using StunTransactionId = std::array<std::uint8_t, 12>;

enum class StunClass : std::uint8_t { request, indication, success, error };
inline constexpr std::uint16_t stun_binding = 0x001;

struct StunError {
  std::uint16_t code = 0;  // 400, 401, 420, 487 ...
  std::string_view reason;
};

struct StunMessage {
  StunClass message_class = StunClass::request;
  std::uint16_t method = stun_binding;
  StunTransactionId transaction{};
  std::string_view username;  // "<receiver's ufrag>:<sender's ufrag>" in a connectivity check
  std::optional<std::uint32_t> priority;
  bool use_candidate = false;
  std::optional<std::uint64_t> ice_controlling;  // the tie-breaker
  std::optional<std::uint64_t> ice_controlled;
  std::optional<base::Address> xor_mapped_address;
  std::optional<StunError> error;
  std::optional<std::uint16_t>
      unknown_required;  // first comprehension-required attribute that we do not know: answer 420
  bool has_integrity = false;
  bool has_fingerprint = false;

  static std::optional<StunMessage> parse(base::ByteView datagram);
  // RFC 8489 §14.5. False without MESSAGE-INTEGRITY. Attributes behind it (but FINGERPRINT) were ignored by parse().
  bool verify_integrity(base::ByteView password, HmacSha1 hmac) const;

  base::ByteView bytes;          // the whole message
  std::size_t integrity_at = 0;  // offset of the MESSAGE-INTEGRITY attribute
};

// Writes one message into a caller's buffer: attributes in order of the calls, finish() last.
class StunBuilder {
 public:
  StunBuilder(base::ByteSpan out, StunClass message_class, const StunTransactionId& transaction);
  StunBuilder& username(std::string_view text);
  StunBuilder& priority(std::uint32_t value);
  StunBuilder& use_candidate();
  StunBuilder& ice_controlling(std::uint64_t tie_breaker);
  StunBuilder& ice_controlled(std::uint64_t tie_breaker);
  StunBuilder& xor_mapped_address(const base::Address& address);
  StunBuilder& error(const StunError& error);
  StunBuilder& unknown_attribute(std::uint16_t type);
  StunBuilder& software(std::string_view text);
  // Appends MESSAGE-INTEGRITY and FINGERPRINT. The message's bytes, empty when the buffer was too small.
  base::ByteView finish(base::ByteView password, HmacSha1 hmac);
  // FINGERPRINT only: for errors to a stranger whom we share no password with.
  base::ByteView finish();

 private:
  void attribute(std::uint16_t type, base::ByteView value);
  void set_length(std::size_t size_with_header);

  base::ByteSpan buffer_;
  base::ByteWriter out_;
  StunTransactionId transaction_;
};

}  // namespace greenroom::wire
