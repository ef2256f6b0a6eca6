// The cryptography of SRTP without its bookkeeping: session keys, and sealing and opening of one packet whose index is
// known. One per direction and transport, used on one thread; contexts are set up once and reused.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.hpp"
#include "base/prefetch.hpp"
#include "crypto/detail/cipher_context.hpp"
#include "crypto/srtp.hpp"

namespace greenroom::crypto {

// RFC 3711 §4.3.1.
enum class SrtpLabel : std::uint8_t { rtp_key = 0, rtp_auth, rtp_salt, rtcp_key, rtcp_auth, rtcp_salt };
base::Bytes derive_session_key(const SrtpKeys& keys, SrtpLabel label, std::size_t size);

// What one packet is sealed under.
struct PacketId {
  std::uint32_t ssrc = 0;
  std::uint64_t index = 0;  // RTP: ROC and sequence number, 48 bits; RTCP: 31 bits
};
struct SessionKeys {
  base::Bytes key;
  base::Bytes salt;
  base::Bytes auth;  // empty for AEAD
};

class SrtpTransform {
 public:
  virtual ~SrtpTransform() = default;
  // The packet is the first `size` bytes of the buffer, which has room for the overhead; its header stays clear. The
  // new size.
  virtual std::size_t seal_rtp(base::ByteSpan buffer, std::size_t header, std::size_t size, PacketId id) = 0;
  virtual std::size_t seal_rtcp(base::ByteSpan buffer, std::size_t size, PacketId id) = 0;
  // The plain size; nothing when the tag is wrong. The packet is at least its clear part and the overhead long.
  virtual std::optional<std::size_t> open_rtp(base::ByteSpan packet, std::size_t header, PacketId id) = 0;
  virtual std::optional<std::size_t> open_rtcp(base::ByteSpan packet, PacketId id) = 0;
  // The word with E flag and index of a sealed RTCP packet.
  virtual std::uint32_t rtcp_index_word(base::ByteView packet) const = 0;
  enum class Kind : std::uint8_t { rtp, rtcp };
  // Hints that a packet comes soon. The second reads what the first has asked for, so a moment lies between them.
  void fetch_ahead() const { base::prefetch(this, 3 * base::cache_line); }
  virtual void fetch_key_ahead(Kind /*of*/) const {}
};

inline constexpr std::size_t rtcp_clear_size = 8;  // header and sender's SSRC
inline constexpr std::size_t rtcp_index_size = 4;
inline constexpr std::uint32_t rtcp_encrypted_flag = 0x80000000;

std::unique_ptr<SrtpTransform> make_srtp_transform(SrtpProfile profile, CipherDirection direction,
                                                   const SessionKeys& rtp, const SessionKeys& rtcp);

}  // namespace greenroom::crypto
