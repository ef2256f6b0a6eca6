#define OPENSSL_SUPPRESS_DEPRECATED  // crypto/detail/hmac_sha1.hpp, and SHA256_CTX
#include "crypto/hash.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <algorithm>

#include "base/assert.hpp"
#include "crypto/detail/hmac_sha1.hpp"
#include "crypto/detail/sha256_pair.hpp"

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

// A plain value, unlike EVP's contexts: its words can be reached, and it is a tenth as large.
Sha256::Sha256() : state_(std::make_unique<SHA256_CTX>()) { SHA256_Init(state_.get()); }
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::update(base::ByteView piece) { SHA256_Update(state_.get(), piece.data(), piece.size()); }

Sha256Digest Sha256::digest() const {
  SHA256_CTX copy = *state_;
  Sha256Digest digest;
  SHA256_Final(digest.data(), &copy);
  return digest;
}

namespace {

// Up to the end of the block that was begun; what is left of the piece.
base::ByteView fill_block(SHA256_CTX& state, base::ByteView piece) {
  const auto missing = std::min<std::size_t>((SHA256_CBLOCK - state.num) % SHA256_CBLOCK, piece.size());
  SHA256_Update(&state, piece.data(), missing);
  return piece.subspan(missing);
}

void count(SHA256_CTX& state, std::size_t bytes) {
  const auto bits = (std::uint64_t(state.Nh) << 32 | state.Nl) + std::uint64_t(bytes) * 8;
  state.Nh = std::uint32_t(bits >> 32), state.Nl = std::uint32_t(bits);
}

}  // namespace

bool Sha256::can_update_both_at_once() { return can_hash_pairs(); }

void Sha256::update_both(Sha256& a, base::ByteView piece_a, Sha256& b, base::ByteView piece_b) {
  if (can_hash_pairs()) {
    piece_a = fill_block(*a.state_, piece_a), piece_b = fill_block(*b.state_, piece_b);
    const auto blocks = std::min(piece_a.size(), piece_b.size()) / SHA256_CBLOCK;
    hash_pair({Sha256Lane{a.state_->h, piece_a.data()}, {b.state_->h, piece_b.data()}}, blocks);
    const auto bytes = blocks * SHA256_CBLOCK;
    count(*a.state_, bytes), count(*b.state_, bytes);
    piece_a = piece_a.subspan(bytes), piece_b = piece_b.subspan(bytes);
  }
  a.update(piece_a);
  b.update(piece_b);
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
