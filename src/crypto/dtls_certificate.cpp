#include "crypto/detail/dtls_certificate.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "crypto/detail/datagram_bio.hpp"

namespace greenroom::crypto {
namespace {

constexpr long day = 24 * 60 * 60;
constexpr long valid_days = 30;
constexpr const char* common_name = "greenroom";
constexpr const char* ciphers =  // forward secrecy and AEAD only; RFC 8827 §6.5 demands the first
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* srtp_profiles = "SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80";
constexpr std::array<std::pair<std::string_view, const char*>, 3> hashes = {  // strongest first
    {{"sha-512", "SHA512"}, {"sha-384", "SHA384"}, {"sha-256", "SHA256"}}};

bool sign(X509* certificate, EVP_PKEY* key, base::WallTime now) {
  std::array<std::uint8_t, 8> serial;
  if (RAND_bytes(serial.data(), int(serial.size())) != 1) return false;
  const auto seconds = time_t(base::to_millis(now) / 1000);
  X509_set_version(certificate, 2);  // means v3
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), base::load_u64(serial.data()) >> 1);
  ASN1_TIME_set(X509_getm_notBefore(certificate), seconds - day);
  ASN1_TIME_set(X509_getm_notAfter(certificate), seconds + valid_days * day);
  X509_NAME* name = X509_get_subject_name(certificate);
  const auto* text = reinterpret_cast<const unsigned char*>(common_name);
  return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0) == 1 &&
         X509_set_issuer_name(certificate, name) == 1 && X509_set_pubkey(certificate, key) == 1 &&
         X509_sign(certificate, key, EVP_sha256()) > 0;
}

// Instead of a chain: the endpoint's announced fingerprints (set as the SSL's app data).
int verify_peer(X509_STORE_CTX* store, void*) {
  const auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const auto* announced = static_cast<const std::vector<Fingerprint>*>(SSL_get_app_data(ssl));
  const bool fits = fits_announcement(X509_STORE_CTX_get0_cert(store), *announced);
  X509_STORE_CTX_set_error(store, fits ? X509_V_OK : X509_V_ERR_CERT_REJECTED);
  return fits ? 1 : 0;
}

bool configure(SSL_CTX* context, X509* certificate, EVP_PKEY* key) {
  SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context, verify_peer, nullptr);
  return SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) == 1 &&
         SSL_CTX_set_max_proto_version(context, DTLS1_2_VERSION) == 1 &&
         SSL_CTX_set_cipher_list(context, ciphers) == 1 && SSL_CTX_use_certificate(context, certificate) == 1 &&
         SSL_CTX_use_PrivateKey(context, key) == 1 &&
         SSL_CTX_set_tlsext_use_srtp(context, srtp_profiles) == 0;  // this one says 0 for success
}

}  // namespace

std::string take_openssl_error() {
  const auto code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "no reason given";
  std::array<char, 256> text;
  ERR_error_string_n(code, text.data(), text.size());
  return text.data();
}

std::string fingerprint_of(const X509* certificate, std::string_view algorithm) {
  const auto hash = std::find_if(hashes.begin(), hashes.end(),
                                 [&](const auto& h) { return base::equal_without_case(h.first, algorithm); });
  if (hash == hashes.end()) return {};
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  if (X509_digest(certificate, EVP_get_digestbyname(hash->second), digest.data(), &size) != 1) return {};
  std::string text;
  for (unsigned i = 0; i < size; ++i) text += fmt::format("{}{:02X}", i == 0 ? "" : ":", digest[i]);
  return text;
}

bool fits_announcement(const X509* certificate, const std::vector<Fingerprint>& announced) {
  for (const auto& hash : hashes) {
    const auto uses = [&](const Fingerprint& f) { return base::equal_without_case(f.algorithm, hash.first); };
    if (std::none_of(announced.begin(), announced.end(), uses)) continue;
    const std::string actual = fingerprint_of(certificate, hash.first);
    return std::any_of(announced.begin(), announced.end(), [&](const Fingerprint& f) {
      return uses(f) && !actual.empty() && base::equal_without_case(f.value, actual);
    });
  }
  return false;
}

base::Result<DtlsCertificate> DtlsCertificate::generate(base::WallTime now) {
  auto state = std::make_shared<State>();
  state->key.reset(EVP_EC_gen("P-256"));
  state->certificate.reset(X509_new());
  state->context.reset(SSL_CTX_new(DTLS_method()));
  state->datagrams.reset(make_datagram_method());
  const bool complete = state->key && state->certificate && state->context && state->datagrams;
  if (!complete || !sign(state->certificate.get(), state->key.get(), now) ||
      !configure(state->context.get(), state->certificate.get(), state->key.get()))
    return base::fail(dtls_certificate_failed, "no DTLS certificate could be made", take_openssl_error());
  return DtlsCertificate(std::move(state));
}

Fingerprint DtlsCertificate::fingerprint() const {
  return {"sha-256", fingerprint_of(state_->certificate.get(), "sha-256")};
}

}  // namespace greenroom::crypto
