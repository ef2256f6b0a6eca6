// DTLS 1.2 with use_srtp (RFC 6347, RFC 5764) over OpenSSL, sans-I/O: datagrams in, datagrams out, boundaries kept.
// DtlsEndpoint is one connection: OpenSSL shakes hands and is let go, the records after that are ours (docs/adr/0025).
// make_dtls_channel_factory() joins it with SRTP to a SecureChannel. One thread each.
// ICE has verified the peer's address before, so no cookie exchange; certificates are self-signed and trusted by the
// fingerprint that came over signaling (RFC 8122). Retransmission timers run on OpenSSL's clock (the system's real
// time): under a virtual clock use the null channel.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "crypto/secure_channel.hpp"
#include "crypto/srtp.hpp"

namespace greenroom::crypto {

inline constexpr base::ErrorCode dtls_certificate_failed{base::ErrorKind::internal, "crypto.dtls_certificate_failed"};

// A self-signed ECDSA P-256 certificate with its key and the TLS context made of both. Copies share it; thread-safe.
class DtlsCertificate {
 public:
  // Valid from a day before `now` for thirty days.
  static base::Result<DtlsCertificate> generate(base::WallTime now);
  Fingerprint fingerprint() const;  // sha-256

  struct State;  // OpenSSL's objects, in crypto/detail

 private:
  friend class DtlsEndpoint;
  explicit DtlsCertificate(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

inline constexpr std::size_t max_queued_datagrams = 64;  // to send; a handshake's largest flight is under ten

struct DtlsSrtpKeys {
  SrtpKeys local;   // seals what we send
  SrtpKeys remote;  // opens what we receive
};

class DtlsEndpoint {
 public:
  DtlsEndpoint(const DtlsCertificate& certificate, DtlsRole role, std::vector<Fingerprint> remote);
  DtlsEndpoint(DtlsEndpoint&&) noexcept;
  DtlsEndpoint& operator=(DtlsEndpoint&&) noexcept;
  ~DtlsEndpoint();

  void start(base::Instant now);
  void deliver(base::ByteView datagram, base::Instant now);
  std::size_t poll_datagram(base::ByteSpan out);  // 0: none; at most max_handshake_datagram bytes
  void advance(base::Instant now);
  base::Instant next_deadline() const;
  void close(base::Instant now);
  bool send_application(base::ByteView data);
  std::size_t poll_application(base::ByteSpan out);

  ChannelState state() const;
  std::string_view failure() const;
  // Present once connected: exported keying material cut as RFC 5764 §4.2 says.
  const std::optional<DtlsSrtpKeys>& srtp_keys() const;
  void forget_srtp_keys();  // they have been put to use

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::unique_ptr<SecureChannelFactory> make_dtls_channel_factory(DtlsCertificate certificate);

}  // namespace greenroom::crypto
