// Keys from a key: HKDF with SHA-256 (RFC 5869). Pure and thread-safe.
#pragma once
#include "base/bytes.hpp"

namespace greenroom::crypto {

struct HkdfInput {
  base::ByteView key;
  base::ByteView salt = {};
  base::ByteView info = {};
};

// Fills `out`, of at most 255 * 32 bytes.
void hkdf_sha256(const HkdfInput& input, base::ByteSpan out);

}  // namespace greenroom::crypto
