#include "crypto/dtls.hpp"

#include <openssl/err.h>
#include <openssl/srtp.h>
#include <openssl/ssl.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <deque>

#include "base/assert.hpp"
#include "crypto/detail/datagram_bio.hpp"
#include "crypto/detail/dtls_certificate.hpp"

namespace greenroom::crypto {
namespace {

// RFC 6347 §4.2.4.1 proposes one second, for paths of the nineties; a call should not wait that long for one lost
// packet.
constexpr unsigned kFirstTimeoutUs = 100'000;
constexpr unsigned kLongestTimeoutUs = 2'000'000;  // OpenSSL gives up after twelve: about 19 s
// OpenSSL's clock is not ours; when it says "not yet" at our deadline, ask again a little later.
constexpr base::Duration kShortestWait = std::chrono::milliseconds(1);
constexpr std::string_view kExportLabel = "EXTRACTOR-dtls_srtp";  // RFC 5764 §4.2

unsigned next_timeout(SSL*, unsigned previous_us) {
  return previous_us == 0 ? kFirstTimeoutUs : std::min(2 * previous_us, kLongestTimeoutUs);
}

// client key, server key, client salt, server salt (RFC 5764 §4.2).
DtlsSrtpKeys cut(base::ByteView material, SrtpProfile profile, DtlsRole role) {
  const auto [key, salt, tag] = sizes_of(profile);
  base::ByteReader reader(material);
  const auto take = [&](std::size_t size) {
    const auto bytes = reader.take(size);
    return base::Bytes(bytes.begin(), bytes.end());
  };
  SrtpKeys client{profile, take(key), {}}, server{profile, take(key), {}};
  client.master_salt = take(salt);
  server.master_salt = take(salt);
  if (role == DtlsRole::client) return {std::move(client), std::move(server)};
  return {std::move(server), std::move(client)};
}

// OpenSSL's record buffers, 33 kB, while it is at work. Between the datagrams of a handshake it keeps them; after it
// nearly all transports have no more use for them.
class RecordBuffers {
 public:
  explicit RecordBuffers(SSL* ssl) : ssl_(ssl) { SSL_alloc_buffers(ssl_); }
  ~RecordBuffers() {
    if (SSL_is_init_finished(ssl_)) SSL_free_buffers(ssl_);
  }
  RecordBuffers(const RecordBuffers&) = delete;
  RecordBuffers& operator=(const RecordBuffers&) = delete;

 private:
  SSL* ssl_;
};

std::optional<SrtpProfile> negotiated_profile(SSL* ssl) {
  const auto* profile = SSL_get_selected_srtp_profile(ssl);
  if (!profile) return std::nullopt;
  return SrtpProfile(profile->id);
}

std::optional<DtlsSrtpKeys> export_keys(SSL* ssl, SrtpProfile profile, DtlsRole role) {
  const auto [key, salt, tag] = sizes_of(profile);
  base::Bytes material(2 * (key + salt));
  if (SSL_export_keying_material(ssl, material.data(), material.size(), kExportLabel.data(), kExportLabel.size(),
                                 nullptr, 0, 0) != 1)
    return std::nullopt;
  auto keys = cut(material, profile, role);
  OPENSSL_cleanse(material.data(), material.size());
  return keys;
}

}  // namespace

struct DtlsEndpoint::State {
  State(const DtlsCertificate& own, DtlsRole r, std::vector<Fingerprint> expected)
      : certificate(own.state_), role(r), remote(std::move(expected)), ssl(SSL_new(certificate->context.get())) {
    BIO* bio = make_datagram_bio(certificate->datagrams.get(), datagrams);
    GREENROOM_ASSERT(ssl && bio);
    SSL_set_bio(ssl.get(), bio, bio);
    SSL_set_app_data(ssl.get(), &remote);
    DTLS_set_link_mtu(ssl.get(), long(kMaxHandshakeDatagram));
    DTLS_set_timer_cb(ssl.get(), next_timeout);
    role == DtlsRole::client ? SSL_set_connect_state(ssl.get()) : SSL_set_accept_state(ssl.get());
  }

  bool is_over() const { return state == ChannelState::failed || state == ChannelState::closed; }
  void pump();
  void handle_error(int result);
  void finish_handshake();
  void fail(std::string why);
  void set_deadline(base::Instant now);

  std::shared_ptr<const DtlsCertificate::State> certificate;
  DtlsRole role;
  std::vector<Fingerprint> remote;
  Datagrams datagrams;
  std::deque<base::Bytes> received;  // application data
  ChannelState state = ChannelState::connecting;
  std::string failure;
  base::Instant deadline = base::Instant::max();
  std::optional<DtlsSrtpKeys> keys;
  OpenSslPtr<SSL> ssl;  // last: it refers to the others
};

void DtlsEndpoint::State::fail(std::string why) {
  state = ChannelState::failed;
  failure = std::move(why);
  deadline = base::Instant::max();
}

void DtlsEndpoint::State::handle_error(int result) {
  switch (SSL_get_error(ssl.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return;
    case SSL_ERROR_ZERO_RETURN:
      state = ChannelState::closed;
      return;
    default:
      break;
  }
  if (SSL_get_verify_result(ssl.get()) == X509_V_ERR_CERT_REJECTED) {
    ERR_clear_error();
    return fail("the peer's certificate has none of the announced fingerprints");
  }
  fail(take_openssl_error());
}

void DtlsEndpoint::State::finish_handshake() {
  const auto profile = negotiated_profile(ssl.get());
  if (!profile) return fail("no SRTP profile in common");
  keys = export_keys(ssl.get(), *profile, role);
  if (!keys) return fail(take_openssl_error());
  state = ChannelState::connected;
}

// Lets OpenSSL take what has come in. After the handshake that is application data, repeated handshake messages
// (which it answers with our last flight again) and alerts.
void DtlsEndpoint::State::pump() {
  ERR_clear_error();
  const RecordBuffers buffers(ssl.get());
  if (state == ChannelState::connecting) {
    const int result = SSL_do_handshake(ssl.get());
    if (result != 1) return handle_error(result);
    finish_handshake();
  }
  std::array<std::uint8_t, 2048> record;
  int result = 1;
  while (state == ChannelState::connected && result > 0) {
    result = SSL_read(ssl.get(), record.data(), int(record.size()));
    if (result <= 0) handle_error(result);
    if (result > 0 && received.size() < kMaxQueuedApplicationData)
      received.emplace_back(record.begin(), record.begin() + result);
  }
}

void DtlsEndpoint::State::set_deadline(base::Instant now) {
  timeval left{};
  if (is_over() || DTLSv1_get_timeout(ssl.get(), &left) != 1) {
    deadline = base::Instant::max();
    return;
  }
  deadline = now + std::max(kShortestWait, base::Duration(left.tv_sec * 1'000'000 + left.tv_usec));
}

DtlsEndpoint::DtlsEndpoint(const DtlsCertificate& certificate, DtlsRole role, std::vector<Fingerprint> remote)
    : state_(std::make_unique<State>(certificate, role, std::move(remote))) {}
DtlsEndpoint::DtlsEndpoint(DtlsEndpoint&&) noexcept = default;
DtlsEndpoint& DtlsEndpoint::operator=(DtlsEndpoint&&) noexcept = default;
DtlsEndpoint::~DtlsEndpoint() = default;

void DtlsEndpoint::start(base::Instant now) {
  if (state_->role == DtlsRole::client && state_->state == ChannelState::connecting) state_->pump();
  state_->set_deadline(now);
}

void DtlsEndpoint::deliver(base::ByteView datagram, base::Instant now) {
  if (state_->is_over()) return;
  state_->datagrams.incoming = datagram;
  state_->pump();
  state_->datagrams.incoming = {};
  state_->set_deadline(now);
}

std::size_t DtlsEndpoint::poll_datagram(base::ByteSpan out) {
  auto& outgoing = state_->datagrams.outgoing;
  if (outgoing.empty()) return 0;
  const base::Bytes datagram = std::move(outgoing.front());
  outgoing.pop_front();
  GREENROOM_ASSERT(datagram.size() <= out.size());
  std::copy(datagram.begin(), datagram.end(), out.begin());
  return datagram.size();
}

bool DtlsEndpoint::send_application(base::ByteView data) {
  if (state_->state != ChannelState::connected || data.empty() || data.size() > kMaxApplicationData) return false;
  if (state_->datagrams.outgoing.size() >= kMaxQueuedDatagrams) return false;
  ERR_clear_error();
  const RecordBuffers buffers(state_->ssl.get());
  const int result = SSL_write(state_->ssl.get(), data.data(), int(data.size()));
  if (result <= 0) state_->handle_error(result);
  return result > 0;
}

std::size_t DtlsEndpoint::poll_application(base::ByteSpan out) {
  auto& received = state_->received;
  if (received.empty()) return 0;
  const base::Bytes record = std::move(received.front());
  received.pop_front();
  const auto size = std::min(record.size(), out.size());
  std::copy_n(record.begin(), size, out.begin());
  return size;
}

void DtlsEndpoint::advance(base::Instant now) {
  if (now < state_->deadline) return;
  ERR_clear_error();
  const RecordBuffers buffers(state_->ssl.get());
  if (DTLSv1_handle_timeout(state_->ssl.get()) < 0) state_->fail("the peer does not answer: " + take_openssl_error());
  state_->set_deadline(now);
}

base::Instant DtlsEndpoint::next_deadline() const { return state_->deadline; }

void DtlsEndpoint::close(base::Instant now) {
  if (state_->state == ChannelState::connected) {
    const RecordBuffers buffers(state_->ssl.get());
    SSL_shutdown(state_->ssl.get());
  }
  if (!state_->is_over()) state_->state = ChannelState::closed;
  ERR_clear_error();
  state_->set_deadline(now);
}

ChannelState DtlsEndpoint::state() const { return state_->state; }
std::string_view DtlsEndpoint::failure() const { return state_->failure; }
const std::optional<DtlsSrtpKeys>& DtlsEndpoint::srtp_keys() const { return state_->keys; }

}  // namespace greenroom::crypto
