#define OPENSSL_SUPPRESS_DEPRECATED  // crypto/detail/hmac_sha1.hpp
#include "crypto/detail/srtp_transform.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "base/assert.hpp"
#include "crypto/detail/cipher_context.hpp"
#include "crypto/detail/gcm.hpp"
#include "crypto/detail/hmac_sha1.hpp"

namespace greenroom::crypto {
namespace {

// AEAD_AES_128_GCM and AEAD_AES_256_GCM (RFC 7714).
class GcmTransform final : public SrtpTransform {
 public:
  GcmTransform(CipherDirection direction, const SessionKeys& rtp, const SessionKeys& rtcp)
      : rtp_(direction, rtp), rtcp_(direction, rtcp) {}

  std::size_t seal_rtp(base::ByteSpan buffer, std::size_t header, std::size_t size, PacketId id) override {
    rtp_.key.seal(iv_of(rtp_, id).data(), buffer.first(header), buffer.subspan(header, size - header), &buffer[size]);
    return size + tag_size;
  }

  std::optional<std::size_t> open_rtp(base::ByteSpan packet, std::size_t header, PacketId id) override {
    const std::size_t size = packet.size() - tag_size;
    if (!rtp_.key.open(iv_of(rtp_, id).data(), packet.first(header), packet.subspan(header, size - header),
                       &packet[size]))
      return std::nullopt;
    return size;
  }

  // RFC 7714 §9.2, §9.3: the clear part and the index word are associated data; the word stands behind the tag.
  std::size_t seal_rtcp(base::ByteSpan buffer, std::size_t size, PacketId id) override {
    auto* word = &buffer[size + tag_size];
    base::store_u32(word, rtcp_encrypted_flag | std::uint32_t(id.index));
    rtcp_.key.seal(iv_of(rtcp_, id).data(), rtcp_associated(buffer, word),
                   buffer.subspan(rtcp_clear_size, size - rtcp_clear_size), &buffer[size]);
    return size + tag_size + rtcp_index_size;
  }

  std::optional<std::size_t> open_rtcp(base::ByteSpan packet, PacketId id) override {
    const std::size_t size = packet.size() - tag_size - rtcp_index_size;
    if (!rtcp_.key.open(iv_of(rtcp_, id).data(), rtcp_associated(packet, packet.last(rtcp_index_size).data()),
                        packet.subspan(rtcp_clear_size, size - rtcp_clear_size), &packet[size]))
      return std::nullopt;
    return size;
  }

  std::uint32_t rtcp_index_word(base::ByteView packet) const override {
    return base::load_u32(packet.last(rtcp_index_size).data());
  }

  void fetch_key_ahead(Kind of) const override { (of == Kind::rtp ? rtp_ : rtcp_).key.fetch_schedule(); }

 private:
  static constexpr std::size_t tag_size = aead_tag_size;
  static constexpr std::size_t iv_size = 12;
  using Iv = std::array<std::uint8_t, 2 * sizeof(std::uint64_t)>;  // iv_size of it, and zeros
  struct Side {
    Side(CipherDirection direction, const SessionKeys& keys) : key(keys.key, direction) {
      GREENROOM_ASSERT(keys.salt.size() == iv_size);
      salt_begin = base::load_u64(keys.salt.data());
      salt_end = base::load_u32(keys.salt.data() + sizeof(std::uint64_t));
    }
    GcmKey key;
    std::uint64_t salt_begin = 0;
    std::uint32_t salt_end = 0;
  };

  // RFC 7714 §8.1, §9.1: two zero bytes, SSRC, and 48 bits of index (RTCP: its 31 in the lower 32), masked by the salt.
  // In whole words: whoever reads it at once would wait for bytes written one by one.
  static Iv iv_of(const Side& side, PacketId id) {
    Iv iv;
    base::store_u64(iv.data(), (std::uint64_t(id.ssrc) << 16 | id.index >> 32) ^ side.salt_begin);
    base::store_u64(iv.data() + 8, std::uint64_t(std::uint32_t(id.index) ^ side.salt_end) << 32);
    return iv;
  }
  using RtcpAssociated = std::array<std::uint8_t, rtcp_clear_size + rtcp_index_size>;
  static RtcpAssociated rtcp_associated(base::ByteView packet, const std::uint8_t* word) {
    RtcpAssociated out;
    std::copy_n(packet.begin(), rtcp_clear_size, out.begin());
    std::copy_n(word, rtcp_index_size, out.begin() + rtcp_clear_size);
    return out;
  }

  Side rtp_;
  Side rtcp_;
};

// AES_CM_128_HMAC_SHA1_80 (RFC 3711 §4.1.1, §4.2.1).
class CounterTransform final : public SrtpTransform {
 public:
  CounterTransform(CipherDirection direction, const SessionKeys& rtp, const SessionKeys& rtcp)
      : rtp_(make_side(direction, rtp)), rtcp_(make_side(direction, rtcp)) {}

  std::size_t seal_rtp(base::ByteSpan buffer, std::size_t header, std::size_t size, PacketId id) override {
    crypt(start(rtp_, id), buffer.data() + header, buffer.subspan(header, size - header));
    const auto tag = rtp_tag(buffer.first(size), id);
    std::copy_n(tag.begin(), tag_size, buffer.begin() + std::ptrdiff_t(size));
    return size + tag_size;
  }

  std::optional<std::size_t> open_rtp(base::ByteSpan packet, std::size_t header, PacketId id) override {
    const std::size_t size = packet.size() - tag_size;
    const auto tag = rtp_tag(packet.first(size), id);
    if (CRYPTO_memcmp(tag.data(), &packet[size], tag_size) != 0) return std::nullopt;
    crypt(start(rtp_, id), packet.data() + header, packet.subspan(header, size - header));
    return size;
  }

  // RFC 3711 §3.4: the index word, then the tag over everything before it.
  std::size_t seal_rtcp(base::ByteSpan buffer, std::size_t size, PacketId id) override {
    crypt(start(rtcp_, id), buffer.data() + rtcp_clear_size, buffer.subspan(rtcp_clear_size, size - rtcp_clear_size));
    base::store_u32(&buffer[size], rtcp_encrypted_flag | std::uint32_t(id.index));
    size += rtcp_index_size;
    const auto tag = rtcp_.mac.tag(buffer.first(size), {});
    std::copy_n(tag.begin(), tag_size, buffer.begin() + std::ptrdiff_t(size));
    return size + tag_size;
  }

  std::optional<std::size_t> open_rtcp(base::ByteSpan packet, PacketId id) override {
    const std::size_t tagged = packet.size() - tag_size;
    const auto tag = rtcp_.mac.tag(packet.first(tagged), {});
    if (CRYPTO_memcmp(tag.data(), &packet[tagged], tag_size) != 0) return std::nullopt;
    const std::size_t size = tagged - rtcp_index_size;
    crypt(start(rtcp_, id), packet.data() + rtcp_clear_size, packet.subspan(rtcp_clear_size, size - rtcp_clear_size));
    return size;
  }

  std::uint32_t rtcp_index_word(base::ByteView packet) const override {
    return base::load_u32(packet.last(rtcp_index_size + tag_size).data());
  }

 private:
  static constexpr std::size_t tag_size = HmacSha1Context::tag_size;
  static constexpr std::size_t salt_size = 14;
  using Iv = std::array<std::uint8_t, 16>;
  struct Side {
    LazyCipher cipher;
    HmacSha1Context mac;
    Iv salt;  // its last two bytes are zero: there the block counter runs
  };

  static Side make_side(CipherDirection direction, const SessionKeys& keys) {
    GREENROOM_ASSERT(keys.salt.size() == salt_size && !keys.auth.empty());
    Side side{{EVP_aes_128_ctr(), keys.key, direction}, HmacSha1Context(keys.auth), {}};
    std::copy_n(keys.salt.begin(), salt_size, side.salt.begin());
    return side;
  }

  // RFC 3711 §4.1.1: salt * 2^16 xor SSRC * 2^64 xor index * 2^16.
  static EVP_CIPHER_CTX* start(Side& side, PacketId id) {
    Iv iv{};
    base::store_u32(&iv[4], id.ssrc);
    base::store_u16(&iv[8], std::uint16_t(id.index >> 32));
    base::store_u32(&iv[10], std::uint32_t(id.index));
    for (std::size_t i = 0; i < iv.size(); ++i) iv[i] ^= side.salt[i];
    auto* context = side.cipher.get();
    set_iv(context, iv.data());
    return context;
  }

  // RFC 3711 §4.2: over the packet and the rollover counter.
  HmacSha1Context::Tag rtp_tag(base::ByteView packet, PacketId id) {
    std::array<std::uint8_t, 4> roc;
    base::store_u32(roc.data(), std::uint32_t(id.index >> 16));
    return rtp_.mac.tag(packet, roc);
  }

  Side rtp_;
  Side rtcp_;
};

}  // namespace

// RFC 3711 §4.3.1, §4.3.3 with a derivation rate of zero; RFC 7714 §11 pads the 96-bit salt with zeros.
base::Bytes derive_session_key(const SrtpKeys& keys, SrtpLabel label, std::size_t size) {
  std::array<std::uint8_t, 16> iv{};
  std::copy(keys.master_salt.begin(), keys.master_salt.end(), iv.begin());
  iv[7] ^= std::uint8_t(label);
  const auto* cipher = keys.master_key.size() == 32 ? EVP_aes_256_ctr() : EVP_aes_128_ctr();
  const auto context = make_cipher(cipher, keys.master_key, CipherDirection::seal);
  set_iv(context.get(), iv.data());
  base::Bytes out(size, 0);
  crypt(context.get(), out.data(), out);
  return out;
}

std::unique_ptr<SrtpTransform> make_srtp_transform(SrtpProfile profile, CipherDirection direction,
                                                   const SessionKeys& rtp, const SessionKeys& rtcp) {
  if (profile == SrtpProfile::aes128_cm_sha1_80) return std::make_unique<CounterTransform>(direction, rtp, rtcp);
  return std::make_unique<GcmTransform>(direction, rtp, rtcp);
}

}  // namespace greenroom::crypto
