// What rtc needs of security, without naming any: a handshake over datagrams, then sealing and opening of RTP and RTCP.
// The real one is DTLS-SRTP (RFC 5764, crypto/dtls.hpp); the null one passes packets through and is for simulations.
// Owned by a peer's transport, used on its shard's thread only. Sans-I/O: datagrams and time go in, datagrams come out.
//   create it when the remote's DTLS parameters are known -> start(now) -> deliver / poll_datagram / advance until
//   state() is connected -> protect and unprotect. Drain poll_datagram() after each start, deliver, advance and close.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "crypto/srtp.hpp"

namespace greenroom::crypto {

enum class DtlsRole { client, server };  // "active" and "passive" in SDP's words (RFC 5763 §5)

// RFC 8122 §5: "sha-256", "AB:CD:...".
struct Fingerprint {
  std::string algorithm;
  std::string value;
};

enum class ChannelState { connecting, connected, failed, closed };

inline constexpr std::size_t max_handshake_datagram = 1200;  // bytes; what poll_datagram() needs room for
// One record of application data (SCTP, RFC 8261) so that its datagram has at most max_handshake_datagram bytes: DTLS
// 1.2 adds a header of 13 and, with AES-GCM, 24 bytes.
inline constexpr std::size_t max_application_data = 1160;
inline constexpr std::size_t max_queued_application_data =
    64;  // records received and not yet polled; later ones are lost

class SecureChannel {
 public:
  virtual ~SecureChannel() = default;

  virtual void start(base::Instant now) = 0;  // once; the client says hello
  // A datagram that wire::classify calls dtls.
  virtual void deliver(base::ByteView datagram, base::Instant now) = 0;
  // Writes the next datagram to send into `out` (max_handshake_datagram bytes); 0 when there is none.
  virtual std::size_t poll_datagram(base::ByteSpan out) = 0;
  // Retransmits what is due. Call when next_deadline() has come; earlier calls do nothing.
  virtual void advance(base::Instant now) = 0;
  virtual base::Instant next_deadline() const = 0;  // base::Instant::max() when nothing is waited for
  virtual void close(base::Instant now) = 0;        // says goodbye to the peer

  // Application data beside the media, boundaries kept, as unreliable as the datagrams below. What is sent comes out of
  // poll_datagram(); false when not connected, too long, or too much waits already.
  virtual bool send_application(base::ByteView data) = 0;
  // The next record received, at most as long as the datagram it came in; 0 when there is none.
  virtual std::size_t poll_application(base::ByteSpan out) = 0;

  virtual ChannelState state() const = 0;
  // What comes soon: a hint for the processor's cache, given fetch_steps times, a moment apart, since a step reads what
  // the one before has brought.
  enum class Coming : std::uint8_t { protect_rtp, unprotect_rtcp };
  static constexpr int fetch_steps = 3;
  virtual void fetch_ahead(Coming /*what*/, int /*step*/) const {}
  virtual std::string_view failure() const = 0;  // why, when failed; for the log

  // As SrtpSender and SrtpReceiver; Drop::not_connected before and after the connection.
  virtual Sealed protect_rtp(base::ByteSpan buffer, std::size_t size) = 0;
  virtual Sealed protect_rtcp(base::ByteSpan buffer, std::size_t size) = 0;
  virtual Sealed unprotect_rtp(base::ByteSpan packet) = 0;
  virtual Sealed unprotect_rtcp(base::ByteSpan packet) = 0;
};

// Makes channels that share one local certificate. Shared by shards: const and thread-safe.
class SecureChannelFactory {
 public:
  virtual ~SecureChannelFactory() = default;
  // What the remote must see: goes into dtlsParameters.fingerprints.
  virtual std::vector<Fingerprint> local_fingerprints() const = 0;
  // `remote` are the fingerprints that the peer announced over signaling; a peer whose certificate fits none fails.
  virtual std::unique_ptr<SecureChannel> create(DtlsRole role, std::vector<Fingerprint> remote) const = 0;
};

// Plaintext with the shape of the real thing: connects by a hello and an answer (repeated until answered), checks the
// announced fingerprints, adds and checks a trailer of srtp_max_overhead bytes so that a packet that was never sealed
// is noticed. No secrecy of any kind.
std::unique_ptr<SecureChannelFactory> make_null_channel_factory(std::string name = "null");

}  // namespace greenroom::crypto
