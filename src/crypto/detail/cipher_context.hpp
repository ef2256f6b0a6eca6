// EVP's cipher contexts as SRTP and DTLS records use them: keyed once, a new IV for each packet, no allocation after
// that. Only crypto/*.cpp includes this.
#pragma once
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "base/owned.hpp"

namespace greenroom::crypto {

using CipherContext = base::Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

enum class CipherDirection { seal, open };

// OpenSSL fails on these calls only for arguments that are our own fault, or when it is out of memory.
inline void must(int result) { GREENROOM_ASSERT(result == 1); }

inline CipherContext make_cipher(const EVP_CIPHER* cipher, base::ByteView key, CipherDirection direction) {
  CipherContext context(EVP_CIPHER_CTX_new());
  GREENROOM_ASSERT(context && key.size() == std::size_t(EVP_CIPHER_get_key_length(cipher)));
  must(EVP_CipherInit_ex(context.get(), cipher, nullptr, key.data(), nullptr, direction == CipherDirection::seal));
  return context;
}

// A key whose context, a kilobyte, is made when it is first needed: most transports seal media or open it, not both.
class LazyCipher {
 public:
  LazyCipher(const EVP_CIPHER* cipher, base::ByteView key, CipherDirection direction)
      : cipher_(cipher), direction_(direction), size_(std::uint8_t(key.size())) {
    GREENROOM_ASSERT(key.size() <= key_.size());
    std::ranges::copy(key, key_.begin());
  }
  LazyCipher(LazyCipher&&) = default;
  ~LazyCipher() { OPENSSL_cleanse(key_.data(), key_.size()); }

  base::ByteView key() const { return base::ByteView(key_).first(size_); }
  EVP_CIPHER_CTX* get() {
    if (!context_) context_ = make_cipher(cipher_, key(), direction_);
    return context_.get();
  }

 private:
  CipherContext context_;
  const EVP_CIPHER* cipher_;
  CipherDirection direction_;
  std::uint8_t size_;
  std::array<std::uint8_t, 32> key_{};
};

inline void set_iv(EVP_CIPHER_CTX* context, const std::uint8_t* iv) {
  must(EVP_CipherInit_ex(context, nullptr, nullptr, nullptr, iv, -1));
}

// An empty piece must not reach EVP: it would mean "finish" to some ciphers. Associated data has no `out`.
inline void crypt(EVP_CIPHER_CTX* context, std::uint8_t* out, base::ByteView in) {
  int written = 0;
  if (!in.empty()) must(EVP_CipherUpdate(context, out, &written, in.data(), int(in.size())));
}

inline constexpr std::size_t aead_tag_size = 16;

inline void finish_seal(EVP_CIPHER_CTX* context, std::uint8_t* tag) {
  int written = 0;
  must(EVP_CipherFinal_ex(context, tag, &written));
  must(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, aead_tag_size, tag));
}
// Whether the tag is right.
inline bool finish_open(EVP_CIPHER_CTX* context, const std::uint8_t* tag) {
  int written = 0;
  must(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, aead_tag_size, const_cast<std::uint8_t*>(tag)));
  std::uint8_t none[aead_tag_size];
  return EVP_CipherFinal_ex(context, none, &written) == 1;
}

}  // namespace greenroom::crypto
