#include "crypto/sealed.hpp"

#include <sodium.h>

#include <algorithm>

#include "base/assert.hpp"

namespace greenroom::crypto {
namespace {

constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(sizeof(Sha256Digest) == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

}  // namespace

base::Bytes seal(const Sha256Digest& key, base::ByteView secret, base::ByteView context, base::Rng& rng) {
  GREENROOM_ASSERT(sodium_init() >= 0);
  base::Bytes sealed(nonce_size + secret.size() + tag_size);
  rng.fill(std::span(sealed).first(nonce_size));
  crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data() + nonce_size, nullptr, secret.data(), secret.size(),
                                             context.data(), context.size(), nullptr, sealed.data(), key.data());
  return sealed;
}

base::Result<base::Bytes> unseal(const Sha256Digest& key, base::ByteView sealed, base::ByteView context) {
  GREENROOM_ASSERT(sodium_init() >= 0);
  const auto broken = [] { return base::fail(sealed_broken, "a stored secret does not open"); };
  if (sealed.size() < nonce_size + tag_size) return broken();
  base::Bytes secret(sealed.size() - nonce_size - tag_size);
  const auto text = sealed.subspan(nonce_size);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(secret.data(), nullptr, nullptr, text.data(), text.size(),
                                                 context.data(), context.size(), sealed.data(), key.data()) != 0)
    return broken();
  return secret;
}

}  // namespace greenroom::crypto
