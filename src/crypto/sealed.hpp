// Small secrets at rest: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) under a key of the server's, bound to what
// they belong to. A sealed text is the random nonce of 24 bytes, the ciphertext and its tag of 16: with so long a
// nonce, any number of secrets may be sealed under one key. Pure but for the randomness that is given.
#pragma once
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/rng.hpp"
#include "crypto/hash.hpp"

namespace greenroom::crypto {

inline constexpr base::ErrorCode sealed_broken{base::ErrorKind::corrupt, "crypto.sealed_broken"};

// `context` says what the secret belongs to (an id): it opens with the same one only.
base::Bytes seal(const Sha256Digest& key, base::ByteView secret, base::ByteView context, base::Rng& rng);
// sealed_broken: another key, another context, or changed bytes.
base::Result<base::Bytes> unseal(const Sha256Digest& key, base::ByteView sealed, base::ByteView context);

}  // namespace greenroom::crypto
