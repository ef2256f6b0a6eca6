#include "crypto/detail/dtls_records.hpp"

#include <openssl/crypto.h>

#include <algorithm>

namespace greenroom::crypto {
namespace {

using Nonce = std::array<std::uint8_t, 12>;

const EVP_CIPHER* evp_of(RecordCipher cipher) {
  switch (cipher) {
    case RecordCipher::aes_128_gcm:
      return EVP_aes_128_gcm();
    case RecordCipher::aes_256_gcm:
      return EVP_aes_256_gcm();
    case RecordCipher::chacha20_poly1305:
      break;
  }
  return EVP_chacha20_poly1305();
}

std::uint64_t epoch_and(std::uint64_t sequence) { return std::uint64_t(protected_epoch) << 48 | sequence; }

// RFC 5288 §3: the salt and what the record carries. RFC 7905 §2: the salt masked by epoch and sequence.
Nonce nonce_of(RecordCipher cipher, const RecordKey& key, std::uint64_t sequence, base::ByteView explicit_nonce) {
  Nonce nonce = key.salt;
  if (cipher != RecordCipher::chacha20_poly1305) {
    std::ranges::copy(explicit_nonce, nonce.begin() + 4);
    return nonce;
  }
  std::array<std::uint8_t, 8> mask;
  base::store_u64(mask.data(), epoch_and(sequence));
  for (std::size_t i = 0; i < mask.size(); ++i) nonce[4 + i] ^= mask[i];
  return nonce;
}

// RFC 5246 §6.2.3.3, RFC 6347 §4.1.2.1: epoch, sequence, type, version, length of the content.
std::array<std::uint8_t, 13> associated_data(RecordType type, std::uint64_t sequence, std::size_t content) {
  std::array<std::uint8_t, 13> data;
  base::store_u64(data.data(), epoch_and(sequence));
  data[8] = std::uint8_t(type);
  base::store_u16(&data[9], dtls_1_2);
  base::store_u16(&data[11], std::uint16_t(content));
  return data;
}

// The context, made with the first record, ready for one with this nonce.
EVP_CIPHER_CTX* start(CipherContext& context, RecordCipher cipher, const RecordKey& key, CipherDirection direction,
                      const Nonce& nonce) {
  if (!context) context = make_cipher(evp_of(cipher), base::ByteView(key.key).first(sizes_of(cipher).key), direction);
  set_iv(context.get(), nonce.data());
  return context.get();
}

Sealed open_with(CipherContext& context, RecordCipher cipher, const RecordKey& key, const Record& record,
                 base::ByteSpan out) {
  const auto explicit_size = sizes_of(cipher).explicit_nonce;
  const auto overhead = explicit_size + aead_tag_size;
  if (record.version != dtls_1_2 || record.body.size() < overhead) return tl::unexpected<Drop>(Drop::malformed);
  const auto size = record.body.size() - overhead;
  if (size > out.size()) return tl::unexpected<Drop>(Drop::no_room);
  const auto nonce = nonce_of(cipher, key, record.sequence, record.body.first(explicit_size));
  auto* evp = start(context, cipher, key, CipherDirection::open, nonce);
  crypt(evp, nullptr, associated_data(record.type, record.sequence, size));
  crypt(evp, out.data(), record.body.subspan(explicit_size, size));
  if (!finish_open(evp, record.body.last(aead_tag_size).data())) return tl::unexpected<Drop>(Drop::unauthenticated);
  return size;
}

}  // namespace

std::optional<Record> take_record(base::ByteView& datagram) {
  base::ByteReader reader(datagram);
  Record record;
  record.type = RecordType(reader.u8());
  record.version = reader.u16();
  const auto number = reader.u64();
  record.epoch = std::uint16_t(number >> 48);
  record.sequence = number & max_record_sequence;
  record.body = reader.take(reader.u16());
  if (!reader.ok()) return std::nullopt;
  datagram = reader.rest();
  return record;
}

RecordCipherSizes sizes_of(RecordCipher cipher) {
  switch (cipher) {
    case RecordCipher::aes_128_gcm:
      return {16, 4, 8};
    case RecordCipher::aes_256_gcm:
      return {32, 4, 8};
    case RecordCipher::chacha20_poly1305:
      break;
  }
  return {32, 12, 0};
}

RecordLayer::~RecordLayer() { OPENSSL_cleanse(&keys_, sizeof keys_); }

std::size_t RecordLayer::seal(RecordType type, base::ByteView content, base::ByteSpan out) {
  const auto explicit_size = sizes_of(keys_.cipher).explicit_nonce;
  const auto body = explicit_size + content.size() + aead_tag_size;
  if (record_header_size + body > out.size() || body > 0xFFFF || next_.sequence > max_record_sequence) return 0;
  out[0] = std::uint8_t(type);
  base::store_u16(&out[1], dtls_1_2);
  base::store_u64(&out[3], epoch_and(next_.sequence));
  base::store_u16(&out[11], std::uint16_t(body));
  auto* at = &out[record_header_size];
  if (explicit_size > 0) base::store_u64(at, next_.explicit_nonce++);
  const auto nonce = nonce_of(keys_.cipher, keys_.local, next_.sequence, {at, explicit_size});
  auto* context = start(sealing_, keys_.cipher, keys_.local, CipherDirection::seal, nonce);
  crypt(context, nullptr, associated_data(type, next_.sequence++, content.size()));
  at += explicit_size;
  crypt(context, at, content);
  finish_seal(context, at + content.size());
  return record_header_size + body;
}

Sealed RecordLayer::open(const Record& record, base::ByteSpan out) {
  if (record.epoch != protected_epoch) return tl::unexpected<Drop>(Drop::malformed);
  if (const auto drop = seen_.check(record.sequence)) return tl::unexpected<Drop>(*drop);
  const auto size = open_with(opening_, keys_.cipher, keys_.remote, record, out);
  if (size) seen_.accept(record.sequence);
  return size;
}

std::size_t RecordLayer::open_own(const Record& record, base::ByteSpan out) const {
  CipherContext context;
  return open_with(context, keys_.cipher, keys_.local, record, out).value_or(0);
}

}  // namespace greenroom::crypto
