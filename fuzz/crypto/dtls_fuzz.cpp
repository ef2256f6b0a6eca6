// Datagrams cut from any bytes, poured into a server and into a client amid its handshake: nobody connects, nobody
// dies.
#include "base/assert.hpp"
#include "crypto/dtls.hpp"

using namespace greenroom;

namespace {

void drain(crypto::DtlsEndpoint& endpoint) {
  base::Bytes out(crypto::max_handshake_datagram);
  while (endpoint.poll_datagram(out) > 0) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto certificate = *crypto::DtlsCertificate::generate(base::wall_from_micros(1'700'000'000'000'000));
  const base::Instant now{};
  crypto::DtlsEndpoint server(certificate, crypto::DtlsRole::server, {certificate.fingerprint()});
  crypto::DtlsEndpoint client(certificate, crypto::DtlsRole::client, {certificate.fingerprint()});
  client.start(now), server.start(now);
  base::ByteReader reader({data, size});
  while (reader.left() > 0) {
    const auto datagram = reader.take(std::min<std::size_t>(reader.left(), reader.u16() % 2048));
    server.deliver(datagram, now), client.deliver(datagram, now);
    drain(server), drain(client);
  }
  GREENROOM_ASSERT(server.state() != crypto::ChannelState::connected);
  GREENROOM_ASSERT(client.state() != crypto::ChannelState::connected);
  return 0;
}
