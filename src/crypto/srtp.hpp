// SRTP and SRTCP over OpenSSL EVP (RFC 3711, RFC 7714): one sender and one receiver per transport, each with one master
// key and any number of SSRCs below it. Owned by a peer, used on its shard's thread only.
// Per packet: no allocation (a new SSRC allocates its state once), cipher contexts are reused, bad packets are Drops.
// Invariant: no (key, SSRC, index) is ever used twice for sealing: a nonce used twice gives the GCM key away. So a
// packet that was sent once cannot be sealed again under its sequence number; retransmit through RTX.
// Begin a stream at a sequence number below 2^15: a receiver that misses the first wrap could not tell (RFC 3711
// §3.3.1).
#pragma once
#include <cstdint>
#include <memory>
#include <tl/expected.hpp>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace greenroom::crypto {

inline constexpr base::ErrorCode srtp_bad_keys{base::ErrorKind::invalid, "crypto.srtp_bad_keys"};

// Values of RFC 5764 §4.1.2 and RFC 7714 §14.2.
enum class SrtpProfile : std::uint16_t {
  aes128_cm_sha1_80 = 0x0001,
  aead_aes_128_gcm = 0x0007,
  aead_aes_256_gcm = 0x0008,
};
struct SrtpProfileSizes {
  std::size_t key;
  std::size_t salt;
  std::size_t tag;
};
SrtpProfileSizes sizes_of(SrtpProfile profile);

struct SrtpKeys {
  SrtpProfile profile = SrtpProfile::aead_aes_128_gcm;
  base::Bytes master_key;
  base::Bytes master_salt;
};

// Why a packet was not sealed or opened. Counted, never logged one by one.
enum class Drop : std::uint8_t {
  malformed,         // not RTP/RTCP, or shorter than its own header and tag
  unauthenticated,   // the tag is wrong
  replayed,          // this index was seen (opening) or used (sealing) before
  too_old,           // behind the replay window
  no_room,           // the buffer cannot take the tag
  too_many_streams,  // max_srtp_streams SSRCs exist already
  exhausted,         // 2^48 packets or 2^31 RTCP packets: the key is used up (RFC 3711 §9.2)
  not_connected,     // no keys yet, or no longer
};
inline constexpr std::size_t drop_reasons = 8;
const char* name_of(Drop drop);
using Sealed = tl::expected<std::size_t, Drop>;  // the new size

inline constexpr std::size_t max_srtp_streams = 4096;      // SSRCs of one sender or receiver
inline constexpr std::size_t srtp_max_overhead = 16;       // bytes that sealing RTP adds at most
inline constexpr std::size_t srtcp_max_overhead = 4 + 16;  // bytes that sealing RTCP adds at most
inline constexpr std::size_t replay_window_size = 1024;    // packets; NACKed packets come late

class SrtpSender {
 public:
  static base::Result<SrtpSender> create(const SrtpKeys& keys);
  SrtpSender(SrtpSender&&) noexcept;
  SrtpSender& operator=(SrtpSender&&) noexcept;
  ~SrtpSender();

  // Seal the packet that is the first `size` bytes of the buffer, in place; the rest of it is room for the overhead.
  Sealed protect_rtp(base::ByteSpan buffer, std::size_t size);
  Sealed protect_rtcp(base::ByteSpan buffer, std::size_t size);  // a compound packet
  void fetch_ahead(int step) const;                              // as SecureChannel's, of protect_rtp

 private:
  struct State;
  explicit SrtpSender(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class SrtpReceiver {
 public:
  static base::Result<SrtpReceiver> create(const SrtpKeys& keys);
  SrtpReceiver(SrtpReceiver&&) noexcept;
  SrtpReceiver& operator=(SrtpReceiver&&) noexcept;
  ~SrtpReceiver();

  // Opens in place; the plain packet is the first result bytes. State changes only when the tag is right. On a drop the
  // buffer's content is unspecified.
  Sealed unprotect_rtp(base::ByteSpan packet);
  Sealed unprotect_rtcp(base::ByteSpan packet);
  void fetch_ahead(int step) const;  // as SecureChannel's, of unprotect_rtcp

 private:
  struct State;
  explicit SrtpReceiver(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace greenroom::crypto
