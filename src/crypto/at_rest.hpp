// Bytes at rest under keys that a person keeps (docs/encryption.md): which key belongs to which file, the 64 bytes that
// an encrypted file begins with, and the cipher of what follows. A file's key is derived from its own nonce and used
// for nothing else, so AES-256-CTR counts from zero, and byte i of the content is byte 64 + i of the file: files grow,
// are cut off and are read anywhere as they are without it. Secrecy alone: of changed bytes it notices those of the
// envelope. Values, thread-safe; pure but for the randomness that is given.
//
// Envelope: "GRCRYPT1", id of the key (8 bytes), scope (16), nonce (16), tag (16) over what precedes.
//   id of the key  = HKDF(key, info "greenroom key id")
//   workspace key  = HKDF(key, info "greenroom workspace" scope)
//   key of the tag = HKDF(workspace key, info "greenroom envelope"); HMAC-SHA256, its first 16 bytes
//   file key       = HKDF(workspace key, salt nonce, info "greenroom file")
#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "base/rng.hpp"
#include "crypto/hash.hpp"

namespace greenroom::crypto {

inline constexpr base::ErrorCode bad_storage_key{base::ErrorKind::invalid, "crypto.bad_storage_key"};
inline constexpr base::ErrorCode no_storage_key{base::ErrorKind::unavailable, "crypto.no_storage_key"};
inline constexpr base::ErrorCode bad_envelope{base::ErrorKind::corrupt, "crypto.bad_envelope"};

inline constexpr std::size_t storage_keys_max = 100;
inline constexpr std::size_t envelope_size = 64;
using Envelope = std::array<std::uint8_t, envelope_size>;

// Whose bytes: the id of a workspace; nil where nobody knows.
using Scope = base::Uuid;

// Whether these first bytes of a file are an envelope's, which may be cut off.
bool is_envelope(base::ByteView start);

class FileCipher {
 public:
  explicit FileCipher(const Sha256Digest& key) : key_(key) {}
  // To and fro, in place: `offset` is where in the content these bytes are.
  void apply(std::uint64_t offset, base::ByteSpan bytes) const;

 private:
  Sha256Digest key_;
};

struct NewEnvelope {
  Envelope envelope;
  FileCipher cipher;
};

// What the key file says. Empty: nothing is encrypted, and nothing that is can be read.
class StorageKeys {
 public:
  StorageKeys() = default;
  // One key of 64 hex digits a line; the first is for what is new. bad_storage_key says which line is wrong.
  static base::Result<StorageKeys> parse(std::string_view text);
  bool empty() const { return keys_.empty(); }

  // Of a new file; there must be a key.
  NewEnvelope make_envelope(const Scope& scope, base::Rng& rng) const;
  // Of a file that begins with these bytes. no_storage_key: its key is not among ours; bad_envelope.
  base::Result<FileCipher> open_envelope(base::ByteView start) const;

 private:
  using KeyId = std::array<std::uint8_t, 8>;
  struct Key {
    KeyId id;
    Sha256Digest secret;
  };
  std::vector<Key> keys_;
};

// A new line for the key file.
std::string make_storage_key(base::Rng& rng);

}  // namespace greenroom::crypto
