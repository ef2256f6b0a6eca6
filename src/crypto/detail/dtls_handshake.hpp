// The handshake, which is OpenSSL's: 48 kB of it while it lasts, nothing after. It hands over the SRTP keys and what a
// DtlsSession needs to go on from there. Owned by a DtlsEndpoint, one thread.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "crypto/detail/datagram_bio.hpp"
#include "crypto/detail/dtls_certificate.hpp"
#include "crypto/detail/dtls_records.hpp"

namespace greenroom::crypto {

class DtlsHandshake {
 public:
  DtlsHandshake(std::shared_ptr<const DtlsCertificate::State> certificate, DtlsRole role,
                std::vector<Fingerprint> remote, OutgoingDatagrams& outgoing);
  DtlsHandshake(const DtlsHandshake&) = delete;
  DtlsHandshake& operator=(const DtlsHandshake&) = delete;
  ~DtlsHandshake();

  // Each returns how the handshake stands then; once it is over nothing more may go in.
  ChannelState start();
  ChannelState deliver(base::ByteView datagram);
  ChannelState on_timer();
  base::Instant next_deadline(base::Instant now) const;
  std::string take_failure() { return std::move(failure_); }

  // What is left when it is connected.
  struct Outcome {
    DtlsSrtpKeys srtp;
    RecordKeys records;
    RecordNumbers next;
    base::Bytes last_flight;          // empty when the peer's was the last
    std::vector<base::Bytes> beyond;  // datagrams with records that belong to the session, the peer's Finished included
  };
  Outcome take_outcome() { return *std::move(outcome_); }

 private:
  ChannelState pump();
  ChannelState on_error(int result);
  ChannelState finish();
  ChannelState fail(std::string why);

  std::shared_ptr<const DtlsCertificate::State> certificate_;
  DtlsRole role_;
  std::vector<Fingerprint> remote_;
  Datagrams datagrams_;
  std::vector<base::Bytes> beyond_;
  std::string failure_;
  std::optional<Outcome> outcome_;
  base::Owned<SSL, SSL_free> ssl_;  // last: it refers to the others
};

}  // namespace greenroom::crypto
