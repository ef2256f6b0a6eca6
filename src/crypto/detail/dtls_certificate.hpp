// OpenSSL's side of a DtlsCertificate: the certificate, its key, and the context that every endpoint's SSL comes from.
// Only crypto/*.cpp includes this.
#pragma once
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

#include "crypto/dtls.hpp"

namespace greenroom::crypto {

struct FreeOpenSsl {
  void operator()(X509* p) const { X509_free(p); }
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(SSL_CTX* p) const { SSL_CTX_free(p); }
  void operator()(SSL* p) const { SSL_free(p); }
  void operator()(BIO_METHOD* p) const { BIO_meth_free(p); }
};
template <class T>
using OpenSslPtr = std::unique_ptr<T, FreeOpenSsl>;

struct DtlsCertificate::State {
  OpenSslPtr<EVP_PKEY> key;
  OpenSslPtr<X509> certificate;
  OpenSslPtr<SSL_CTX> context;
  OpenSslPtr<BIO_METHOD> datagrams;  // outlives the endpoints, which share this state
};

// "AB:CD:..." of a certificate; empty for a hash that we do not take (RFC 8122 §5: SHA-2 of 256 bits and up).
std::string fingerprint_of(const X509* certificate, std::string_view algorithm);
// RFC 8122 §5: the strongest hash that the announcement uses decides; one of its values must fit.
bool fits_announcement(const X509* certificate, const std::vector<Fingerprint>& announced);

// The oldest error of OpenSSL's queue as text; empties the queue.
std::string take_openssl_error();

}  // namespace greenroom::crypto
