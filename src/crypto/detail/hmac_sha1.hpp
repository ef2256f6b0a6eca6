// HMAC-SHA1 (RFC 2104) whose two padded keys are hashed once and copied for each message. SHA_CTX is a plain value:
// EVP's contexts, and HMAC(), allocate and take locks for every message under OpenSSL 3.0. Only crypto/*.cpp
// includes this, with OPENSSL_SUPPRESS_DEPRECATED defined before any header of OpenSSL.
#pragma once
#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "base/assert.hpp"
#include "base/bytes.hpp"

namespace greenroom::crypto {

class HmacSha1Context {
 public:
  static constexpr std::size_t tag_size = 10;  // of the tag, in SRTP
  using Tag = std::array<std::uint8_t, SHA_DIGEST_LENGTH>;

  explicit HmacSha1Context(base::ByteView key) : inner_(keyed(key, 0x36)), outer_(keyed(key, 0x5C)) {}

  Tag tag(base::ByteView a, base::ByteView b) const {
    SHA_CTX hash = inner_;
    SHA1_Update(&hash, a.data(), a.size());
    SHA1_Update(&hash, b.data(), b.size());
    Tag tag;
    SHA1_Final(tag.data(), &hash);
    hash = outer_;
    SHA1_Update(&hash, tag.data(), tag.size());
    SHA1_Final(tag.data(), &hash);
    return tag;
  }

 private:
  static SHA_CTX keyed(base::ByteView key, std::uint8_t pad) {
    GREENROOM_ASSERT(key.size() <= SHA_CBLOCK);
    std::array<std::uint8_t, SHA_CBLOCK> block{};
    std::copy(key.begin(), key.end(), block.begin());
    for (auto& b : block) b ^= pad;
    SHA_CTX hash;
    SHA1_Init(&hash);  // these cannot fail
    SHA1_Update(&hash, block.data(), block.size());
    return hash;
  }
  SHA_CTX inner_;
  SHA_CTX outer_;
};

}  // namespace greenroom::crypto
