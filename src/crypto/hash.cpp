#define OPENSSL_SUPPRESS_DEPRECATED  // crypto/detail/hmac_sha1.hpp
#include "crypto/hash.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/assert.hpp"
#include "crypto/detail/hmac_sha1.hpp"

namespace greenroom::crypto {
namespace {

template <class Digest>
Digest digest_of(const EVP_MD* algorithm, base::ByteView bytes) {
  Digest digest;
  GREENROOM_ASSERT(EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, algorithm, nullptr) == 1);
  return digest;
}

template <class Digest>
Digest hmac_of(const EVP_MD* algorithm, base::ByteView key, base::ByteView data) {
  Digest digest;
  // A null key would mean "the key of the call before" to OpenSSL.
  static constexpr std::uint8_t no_key[1] = {};
  const auto* key_data = key.empty() ? no_key : key.data();
  GREENROOM_ASSERT(HMAC(algorithm, key_data, int(key.size()), data.data(), data.size(), digest.data(), nullptr));
  return digest;
}

}  // namespace

Md5Digest md5(base::ByteView bytes) { return digest_of<Md5Digest>(EVP_md5(), bytes); }
Sha1Digest sha1(base::ByteView bytes) { return digest_of<Sha1Digest>(EVP_sha1(), bytes); }
Sha256Digest sha256(base::ByteView bytes) { return digest_of<Sha256Digest>(EVP_sha256(), bytes); }
// Strangers may have this done as often as they send a connectivity check.
Sha1Digest hmac_sha1(base::ByteView key, base::ByteView data) {
  if (key.size() <= SHA_CBLOCK) return HmacSha1Context(key).tag(data, {});
  return HmacSha1Context(sha1(key)).tag(data, {});
}
Sha256Digest hmac_sha256(base::ByteView key, base::ByteView data) {
  return hmac_of<Sha256Digest>(EVP_sha256(), key, data);
}

void FreeDigestContext::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  GREENROOM_ASSERT(context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
}

void Sha256::update(base::ByteView piece) {
  GREENROOM_ASSERT(EVP_DigestUpdate(context_.get(), piece.data(), piece.size()) == 1);
}

Sha256Digest Sha256::digest() const {
  const DigestContext copy(EVP_MD_CTX_new());
  Sha256Digest digest;
  GREENROOM_ASSERT(copy && EVP_MD_CTX_copy_ex(copy.get(), context_.get()) == 1);
  GREENROOM_ASSERT(EVP_DigestFinal_ex(copy.get(), digest.data(), nullptr) == 1);
  return digest;
}

RunningDigest::RunningDigest(DigestAlgorithm algorithm) : context_(EVP_MD_CTX_new()) {
  const EVP_MD* type = algorithm == DigestAlgorithm::md5    ? EVP_md5()
                       : algorithm == DigestAlgorithm::sha1 ? EVP_sha1()
                                                            : EVP_sha256();
  GREENROOM_ASSERT(context_ && EVP_DigestInit_ex(context_.get(), type, nullptr) == 1);
}

void RunningDigest::update(base::ByteView piece) {
  GREENROOM_ASSERT(EVP_DigestUpdate(context_.get(), piece.data(), piece.size()) == 1);
}

base::Bytes RunningDigest::digest() {
  base::Bytes digest(std::size_t(EVP_MD_CTX_get_size(context_.get())));
  GREENROOM_ASSERT(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) == 1);
  return digest;
}

bool equal_in_constant_time(base::ByteView a, base::ByteView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace greenroom::crypto
