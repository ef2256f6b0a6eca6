// OpenSSL's side of a DtlsCertificate: the certificate, its key, and the context that every endpoint's SSL comes from.
// Only crypto/*.cpp includes this.
#pragma once
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <string>
#include <vector>

#include "base/owned.hpp"
#include "crypto/dtls.hpp"

namespace greenroom::crypto {

struct DtlsCertificate::State {
  base::Owned<EVP_PKEY, EVP_PKEY_free> key;
  base::Owned<X509, X509_free> certificate;
  base::Owned<SSL_CTX, SSL_CTX_free> context;
  base::Owned<BIO_METHOD, BIO_meth_free> datagrams;  // outlives the endpoints, which share this state
};

// "AB:CD:..." of a certificate; empty for a hash that we do not take (RFC 8122 §5: SHA-2 of 256 bits and up).
std::string fingerprint_of(const X509* certificate, std::string_view algorithm);
// RFC 8122 §5: the strongest hash that the announcement uses decides; one of its values must fit.
bool fits_announcement(const X509* certificate, const std::vector<Fingerprint>& announced);

// The oldest error of OpenSSL's queue as text; empties the queue.
std::string take_openssl_error();

}  // namespace greenroom::crypto
