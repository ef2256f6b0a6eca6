// DTLS 1.2 records under an AEAD suite (RFC 6347 §4.1, RFC 5288, RFC 7905), for the one epoch after a handshake that
// somebody else made. Contexts are made when the first record needs them: most transports carry media alone.
// Owned by a DtlsSession, one thread. Invariant: a nonce is used once, the handshake's own records counted.
#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "crypto/detail/cipher_context.hpp"
#include "crypto/detail/replay_window.hpp"

namespace greenroom::crypto {

enum class RecordType : std::uint8_t { change_cipher_spec = 20, alert = 21, handshake = 22, application_data = 23 };

inline constexpr std::uint16_t dtls_1_2 = 0xFEFD;
inline constexpr std::uint16_t protected_epoch = 1;  // there is no other: renegotiation is refused
inline constexpr std::size_t record_header_size = 13;
inline constexpr std::size_t record_max_overhead = record_header_size + 8 + aead_tag_size;
inline constexpr std::uint64_t max_record_sequence = (1ULL << 48) - 1;

// As it lies in a datagram, unverified.
struct Record {
  RecordType type{};
  std::uint16_t version = 0;
  std::uint16_t epoch = 0;
  std::uint64_t sequence = 0;
  base::ByteView body;
};
// Cuts the first record off; nothing when what is left is no whole record.
std::optional<Record> take_record(base::ByteView& datagram);

enum class RecordCipher : std::uint8_t { aes_128_gcm, aes_256_gcm, chacha20_poly1305 };
struct RecordCipherSizes {
  std::size_t key;
  std::size_t salt;            // that the key block gives to the nonce
  std::size_t explicit_nonce;  // that each record carries
};
RecordCipherSizes sizes_of(RecordCipher cipher);

struct RecordKey {
  std::array<std::uint8_t, 32> key{};  // of which sizes_of(cipher).key count
  std::array<std::uint8_t, 12> salt{};
};
struct RecordKeys {
  RecordCipher cipher{};
  RecordKey local, remote;  // what we seal and what we open with
};

// The next record's. OpenSSL begins the explicit nonce at random, so it runs apart from the sequence.
struct RecordNumbers {
  std::uint64_t sequence = 0;
  std::uint64_t explicit_nonce = 0;
};

class RecordLayer {
 public:
  RecordLayer(const RecordKeys& keys, RecordNumbers next) : keys_(keys), next_(next) {}
  RecordLayer(const RecordLayer&) = delete;
  RecordLayer& operator=(const RecordLayer&) = delete;
  ~RecordLayer();

  // The record's size; 0 when it does not fit or the sequence is used up.
  std::size_t seal(RecordType type, base::ByteView content, base::ByteSpan out);
  // The content's size. Nothing changes unless the record proves authentic.
  Sealed open(const Record& record, base::ByteSpan out);
  // The content of one that this side sealed before; 0 when it did not.
  std::size_t open_own(const Record& record, base::ByteSpan out) const;
  void release_contexts() { sealing_.reset(), opening_.reset(); }  // until the next record

 private:
  // RFC 6347 §4.1.2.6 wants 32 and prefers 64; data channels cross paths that reorder more.
  static constexpr std::size_t replay_window = 128;

  RecordKeys keys_;
  RecordNumbers next_;
  SlidingWindow<replay_window> seen_;
  CipherContext sealing_, opening_;
};

}  // namespace greenroom::crypto
