#include "crypto/detail/dtls_handshake.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/srtp.h>
#include <openssl/ssl.h>
#include <sys/time.h>

#include <algorithm>
#include <array>

#include "base/assert.hpp"
#include "base/owned.hpp"

namespace greenroom::crypto {
namespace {

// RFC 6347 §4.2.4.1 proposes one second, for paths of the nineties; a call should not wait that long for one lost
// packet.
constexpr unsigned first_timeout_us = 100'000;
constexpr unsigned longest_timeout_us = 2'000'000;  // OpenSSL gives up after twelve: about 19 s
// OpenSSL's clock is not ours; when it says "not yet" at our deadline, ask again a little later.
constexpr base::Duration shortest_wait = std::chrono::milliseconds(1);
constexpr std::string_view export_label = "EXTRACTOR-dtls_srtp";  // RFC 5764 §4.2
constexpr std::string_view key_block_label = "key expansion";     // RFC 5246 §6.3
constexpr std::size_t master_secret_size = 48, random_size = 32;
constexpr std::size_t max_beyond = 16;  // datagrams; more before a handshake ends would be lost on any network

unsigned next_timeout(SSL*, unsigned previous_us) {
  return previous_us == 0 ? first_timeout_us : std::min(2 * previous_us, longest_timeout_us);
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

std::optional<DtlsSrtpKeys> export_srtp_keys(SSL* ssl, SrtpProfile profile, DtlsRole role) {
  const auto [key, salt, tag] = sizes_of(profile);
  base::Bytes material(2 * (key + salt));
  if (SSL_export_keying_material(ssl, material.data(), material.size(), export_label.data(), export_label.size(),
                                 nullptr, 0, 0) != 1)
    return std::nullopt;
  auto keys = cut(material, profile, role);
  OPENSSL_cleanse(material.data(), material.size());
  return keys;
}

std::optional<RecordCipher> negotiated_cipher(SSL* ssl) {
  switch (SSL_CIPHER_get_cipher_nid(SSL_get_current_cipher(ssl))) {
    case NID_aes_128_gcm:
      return RecordCipher::aes_128_gcm;
    case NID_aes_256_gcm:
      return RecordCipher::aes_256_gcm;
    case NID_chacha20_poly1305:
      return RecordCipher::chacha20_poly1305;
    default:
      return std::nullopt;
  }
}

// RFC 5246 §5: P_hash with the suite's hash.
bool expand(const EVP_MD* hash, base::ByteSpan secret, base::ByteSpan seed, base::ByteSpan out) {
  const base::Owned<EVP_KDF, EVP_KDF_free> kdf(EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_TLS1_PRF, nullptr));
  const base::Owned<EVP_KDF_CTX, EVP_KDF_CTX_free> context(EVP_KDF_CTX_new(kdf.get()));
  const std::array<OSSL_PARAM, 4> parameters = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, const_cast<char*>(EVP_MD_get0_name(hash)), 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, secret.data(), secret.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, seed.data(), seed.size()), OSSL_PARAM_construct_end()};
  return context && EVP_KDF_derive(context.get(), out.data(), out.size(), parameters.data()) == 1;
}

// RFC 5246 §6.3: client key, server key, client salt, server salt.
std::optional<RecordKeys> export_record_keys(SSL* ssl, RecordCipher cipher, DtlsRole role) {
  std::array<std::uint8_t, master_secret_size> secret;
  std::array<std::uint8_t, key_block_label.size() + 2 * random_size> seed;
  auto* random = std::ranges::copy(key_block_label, seed.begin()).out;
  const bool complete =
      SSL_SESSION_get_master_key(SSL_get0_session(ssl), secret.data(), secret.size()) == secret.size() &&
      SSL_get_server_random(ssl, random, random_size) == random_size &&
      SSL_get_client_random(ssl, random + random_size, random_size) == random_size;
  const auto sizes = sizes_of(cipher);
  std::array<std::uint8_t, 2 * (32 + 12)> block;
  const auto used = base::ByteSpan(block).first(2 * (sizes.key + sizes.salt));
  const auto* hash = SSL_CIPHER_get_handshake_digest(SSL_get_current_cipher(ssl));
  if (!complete || !hash || !expand(hash, secret, seed, used)) return std::nullopt;

  RecordKeys keys{cipher, {}, {}};
  auto &client = role == DtlsRole::client ? keys.local : keys.remote,
       &server = role == DtlsRole::client ? keys.remote : keys.local;
  base::ByteReader reader(used);
  std::ranges::copy(reader.take(sizes.key), client.key.begin());
  std::ranges::copy(reader.take(sizes.key), server.key.begin());
  std::ranges::copy(reader.take(sizes.salt), client.salt.begin());
  std::ranges::copy(reader.take(sizes.salt), server.salt.begin());
  OPENSSL_cleanse(secret.data(), secret.size());
  OPENSSL_cleanse(block.data(), block.size());
  return keys;
}

// OpenSSL's record buffers, 33 kB, while it is at work: hundreds may be shaking hands at a time, and between two
// datagrams the buffers hold nothing.
class RecordBuffers {
 public:
  explicit RecordBuffers(SSL* ssl) : ssl_(ssl) { SSL_alloc_buffers(ssl_); }
  ~RecordBuffers() { SSL_free_buffers(ssl_); }
  RecordBuffers(const RecordBuffers&) = delete;
  RecordBuffers& operator=(const RecordBuffers&) = delete;

 private:
  SSL* ssl_;
};

bool has_protected_record(base::ByteView datagram) {
  while (const auto record = take_record(datagram)) {
    if (record->epoch == protected_epoch) return true;
  }
  return false;
}

}  // namespace

DtlsHandshake::DtlsHandshake(std::shared_ptr<const DtlsCertificate::State> certificate, DtlsRole role,
                             std::vector<Fingerprint> remote, OutgoingDatagrams& outgoing)
    : certificate_(std::move(certificate)),
      role_(role),
      remote_(std::move(remote)),
      datagrams_{{}, outgoing, {}, {}},
      ssl_(SSL_new(certificate_->context.get())) {
  BIO* bio = make_datagram_bio(certificate_->datagrams.get(), datagrams_);
  GREENROOM_ASSERT(ssl_ && bio);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_app_data(ssl_.get(), &remote_);
  DTLS_set_link_mtu(ssl_.get(), long(max_handshake_datagram));
  DTLS_set_timer_cb(ssl_.get(), next_timeout);
  role_ == DtlsRole::client ? SSL_set_connect_state(ssl_.get()) : SSL_set_accept_state(ssl_.get());
}
DtlsHandshake::~DtlsHandshake() = default;

ChannelState DtlsHandshake::fail(std::string why) {
  failure_ = std::move(why);
  return ChannelState::failed;
}

ChannelState DtlsHandshake::on_error(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return ChannelState::connecting;
    case SSL_ERROR_ZERO_RETURN:
      return ChannelState::closed;
    default:
      break;
  }
  if (SSL_get_verify_result(ssl_.get()) == X509_V_ERR_CERT_REJECTED) {
    ERR_clear_error();
    return fail("the peer's certificate has none of the announced fingerprints");
  }
  return fail(take_openssl_error());
}

ChannelState DtlsHandshake::finish() {
  const auto* profile = SSL_get_selected_srtp_profile(ssl_.get());
  if (!profile) return fail("no SRTP profile in common");
  // RFC 6066 §4: nobody who speaks WebRTC asks for records of 512 bytes, so nothing here makes them.
  const auto* session = SSL_get0_session(ssl_.get());
  if (SSL_SESSION_get_max_fragment_length(session) != TLSEXT_max_fragment_length_DISABLED)
    return fail("the peer wants short records");
  const auto cipher = negotiated_cipher(ssl_.get());
  auto srtp = export_srtp_keys(ssl_.get(), SrtpProfile(profile->id), role_);
  const auto records = cipher ? export_record_keys(ssl_.get(), *cipher, role_) : std::nullopt;
  if (!srtp || !records) return fail(take_openssl_error());
  outcome_ = {*std::move(srtp), *records, datagrams_.next, {}, std::move(beyond_)};
  if (role_ == DtlsRole::server) outcome_->last_flight = std::move(datagrams_.flight);
  return ChannelState::connected;
}

ChannelState DtlsHandshake::pump() {
  ERR_clear_error();
  const RecordBuffers buffers(ssl_.get());
  datagrams_.flight.clear();
  const int result = SSL_do_handshake(ssl_.get());
  return result == 1 ? finish() : on_error(result);
}

ChannelState DtlsHandshake::start() { return role_ == DtlsRole::client ? pump() : ChannelState::connecting; }

ChannelState DtlsHandshake::deliver(base::ByteView datagram) {
  if (beyond_.size() < max_beyond && has_protected_record(datagram))
    beyond_.emplace_back(datagram.begin(), datagram.end());
  datagrams_.incoming = datagram;
  const auto state = pump();
  datagrams_.incoming = {};
  return state;
}

ChannelState DtlsHandshake::on_timer() {
  ERR_clear_error();
  const RecordBuffers buffers(ssl_.get());
  if (DTLSv1_handle_timeout(ssl_.get()) < 0) return fail("the peer does not answer: " + take_openssl_error());
  return ChannelState::connecting;
}

base::Instant DtlsHandshake::next_deadline(base::Instant now) const {
  timeval left{};
  if (DTLSv1_get_timeout(ssl_.get(), &left) != 1) return base::Instant::max();
  return now + std::max(shortest_wait, base::Duration(left.tv_sec * 1'000'000 + left.tv_usec));
}

}  // namespace greenroom::crypto
