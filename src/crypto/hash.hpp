// Digests and message authentication. Functions are pure and thread-safe; a Sha256 belongs to one thread.
#pragma once
#include <array>
#include <cstdint>
#include <memory>

#include "base/bytes.hpp"

struct evp_md_ctx_st;   // OpenSSL's EVP_MD_CTX
struct SHA256state_st;  // its SHA256_CTX

namespace greenroom::crypto {

using Md5Digest = std::array<std::uint8_t, 16>;
using Sha1Digest = std::array<std::uint8_t, 20>;
using Sha256Digest = std::array<std::uint8_t, 32>;

Md5Digest md5(base::ByteView bytes);  // proves nothing: S3's entity tags are made of it
Sha1Digest sha1(base::ByteView bytes);
Sha256Digest sha256(base::ByteView bytes);
Sha1Digest hmac_sha1(base::ByteView key, base::ByteView data);
Sha256Digest hmac_sha256(base::ByteView key, base::ByteView data);

struct FreeDigestContext {
  void operator()(evp_md_ctx_st* context) const;
};
using DigestContext = std::unique_ptr<evp_md_ctx_st, FreeDigestContext>;

// SHA-256 of bytes that come in pieces.
class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();
  void update(base::ByteView piece);
  Sha256Digest digest() const;  // of all pieces so far; more may follow

  // a.update(piece_a) and b.update(piece_b), in hardly more time than one of them takes where the processor can do both
  // at once; best of pieces of one size.
  static void update_both(Sha256& a, base::ByteView piece_a, Sha256& b, base::ByteView piece_b);
  static bool can_update_both_at_once();

 private:
  std::unique_ptr<SHA256state_st> state_;
};

enum class DigestAlgorithm { md5, sha1, sha256 };

// The digest of bytes that come in pieces, by an algorithm that somebody else chose.
class RunningDigest {
 public:
  explicit RunningDigest(DigestAlgorithm algorithm);
  void update(base::ByteView piece);
  base::Bytes digest();  // once, at the end

 private:
  DigestContext context_;
};

// Takes the same time whatever the content; false for different sizes. For comparing secrets and tags.
bool equal_in_constant_time(base::ByteView a, base::ByteView b);

}  // namespace greenroom::crypto
