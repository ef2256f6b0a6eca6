#include "crypto/srtp.hpp"

#include "base/rng.hpp"
#include "crypto/detail/replay_window.hpp"
#include "crypto/detail/srtp_transform.hpp"
#include "crypto/encoding.hpp"

namespace greenroom::crypto {
namespace {

using base::Bytes;

Bytes hex(std::string_view text) { return *from_hex(text); }

SrtpKeys keys_of(SrtpProfile profile, std::uint64_t seed = 1) {
  base::SeededRng rng(seed);
  SrtpKeys keys{profile, Bytes(sizes_of(profile).key), Bytes(sizes_of(profile).salt)};
  rng.fill(keys.master_key), rng.fill(keys.master_salt);
  return keys;
}

Bytes rtp(std::uint32_t ssrc, std::uint16_t sequence, std::size_t payload = 100) {
  Bytes packet(12 + payload, std::uint8_t(sequence));
  packet[0] = 0x80, packet[1] = 96;
  base::store_u16(&packet[2], sequence);
  base::store_u32(&packet[8], ssrc);
  return packet;
}

// RFC 3711 §B.3.
TEST(SrtpKeyDerivation, OfRfc3711) {
  const SrtpKeys keys{SrtpProfile::aes128_cm_sha1_80, hex("E1F97A0D3E018BE0D64FA32C06DE4139"),
                      hex("0EC675AD498AFEEBB6960B3AABE6")};
  EXPECT_EQ(derive_session_key(keys, SrtpLabel::rtp_key, 16), hex("C61E7A93744F39EE10734AFE3FF7A087"));
  EXPECT_EQ(derive_session_key(keys, SrtpLabel::rtp_salt, 14), hex("30CBBC08863D8C85D49DB34A9AE1"));
  EXPECT_EQ(derive_session_key(keys, SrtpLabel::rtp_auth, 94),
            hex("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA48F0A0ACF3C34E2359E6CDBCEE049646C43D9327AD175578EF72270986371C1"
                "0C9A369AC2F94A8C5FBCDDDC256D6E919A48B610EF17C2041E474035766B68642C59BBFC2F34DB60DBDFB2"));
}

// RFC 7714 §16, §17: given session keys, not master keys.
struct Rfc7714 {
  SrtpProfile profile;
  std::string_view key, rtp, rtcp;
};
class SrtpVectors : public testing::TestWithParam<Rfc7714> {
 protected:
  std::unique_ptr<SrtpTransform> transform(CipherDirection direction) {
    const SessionKeys keys{hex(GetParam().key), hex("517569642070726f2071756f"), {}};
    return make_srtp_transform(GetParam().profile, direction, keys, keys);
  }
  const Bytes plain_rtp_ =
      hex("8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573");
  const PacketId rtp_id_{0x5501a0b2, 0xf17b};
  const Bytes plain_rtcp_ =
      hex("81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef");
  const PacketId rtcp_id_{0x4d617273, 0x5d4};
};

TEST_P(SrtpVectors, Rtp) {
  Bytes packet = plain_rtp_;
  packet.resize(packet.size() + srtp_max_overhead);
  EXPECT_EQ(transform(CipherDirection::seal)->seal_rtp(packet, 12, plain_rtp_.size(), rtp_id_), packet.size());
  EXPECT_EQ(to_hex(packet), GetParam().rtp);
  EXPECT_EQ(transform(CipherDirection::open)->open_rtp(packet, 12, rtp_id_), plain_rtp_.size());
  packet.resize(plain_rtp_.size());
  EXPECT_EQ(packet, plain_rtp_);
}

TEST_P(SrtpVectors, Rtcp) {
  Bytes packet = plain_rtcp_;
  packet.resize(packet.size() + srtcp_max_overhead);
  EXPECT_EQ(transform(CipherDirection::seal)->seal_rtcp(packet, plain_rtcp_.size(), rtcp_id_), packet.size());
  EXPECT_EQ(to_hex(packet), GetParam().rtcp);
  EXPECT_EQ(transform(CipherDirection::open)->open_rtcp(packet, rtcp_id_), plain_rtcp_.size());
}

INSTANTIATE_TEST_SUITE_P(
    Rfc7714, SrtpVectors,
    testing::Values(
        Rfc7714{
            SrtpProfile::aead_aes_128_gcm, "000102030405060708090a0b0c0d0e0f",
            "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833899"
            "d7f27beb16a9152cf765ee4390cce",
            "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275"
            "bc84aa45896cf4d2fc5abf87245d9eade800005d4"},
        Rfc7714{
            SrtpProfile::aead_aes_256_gcm, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
            "8040f17b8041f8d35501a0b232b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b7aa"
            "3db36dfffd6b0f9bb7878d7a76c13",
            "81c8000d4d617273d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50a2eaa5c1110555be8415f658c61de0476f1b6fad"
            "1d1eb30c4446839f57ff6f6cb26ac3be800005d4"}));

class Srtp : public testing::TestWithParam<SrtpProfile> {
 protected:
  // Seals a copy with room for the tag.
  Bytes seal(const Bytes& plain) {
    Bytes packet = plain;
    packet.resize(plain.size() + srtp_max_overhead);
    packet.resize(sender_.protect_rtp(packet, plain.size()).value());
    return packet;
  }
  Bytes seal_rtcp(const Bytes& plain) {
    Bytes packet = plain;
    packet.resize(plain.size() + srtcp_max_overhead);
    packet.resize(sender_.protect_rtcp(packet, plain.size()).value());
    return packet;
  }
  Sealed open(Bytes packet) { return receiver_.unprotect_rtp(packet); }
  Drop refusal(Bytes packet) { return receiver_.unprotect_rtp(packet).error(); }

  SrtpSender sender_ = *SrtpSender::create(keys_of(GetParam()));
  SrtpReceiver receiver_ = *SrtpReceiver::create(keys_of(GetParam()));
};

TEST_P(Srtp, GoesThereAndBack) {
  const Bytes plain = rtp(1, 1);
  Bytes packet = seal(plain);
  EXPECT_EQ(packet.size(), plain.size() + sizes_of(GetParam()).tag);
  EXPECT_NE(Bytes(packet.begin() + 12, packet.begin() + 112), Bytes(plain.begin() + 12, plain.end()));
  packet.resize(receiver_.unprotect_rtp(packet).value());
  EXPECT_EQ(packet, plain);
}

TEST_P(Srtp, ReplaysAreRefused) {
  const Bytes packet = seal(rtp(1, 10));
  EXPECT_TRUE(open(packet));
  EXPECT_EQ(refusal(packet), Drop::replayed);
}

TEST_P(Srtp, LatePacketsOpenInsideTheWindowOnly) {
  std::vector<Bytes> packets;
  for (std::uint16_t i = 0; i <= replay_window_size; ++i) packets.push_back(seal(rtp(1, i)));
  EXPECT_TRUE(open(packets[replay_window_size]));
  EXPECT_TRUE(open(packets[1]));
  EXPECT_EQ(refusal(packets[0]), Drop::too_old);
}

TEST_P(Srtp, AnyFlippedBitIsNoticedAndChangesNothing) {
  const Bytes packet = seal(rtp(1, 10, 20));
  for (std::size_t i = 0; i < packet.size() * 8; ++i) {
    Bytes changed = packet;
    changed[i / 8] = std::uint8_t(changed[i / 8] ^ 1 << i % 8);
    EXPECT_FALSE(open(changed)) << i;
  }
  EXPECT_TRUE(open(packet));
}

TEST_P(Srtp, TheSenderNeverUsesAnIndexTwice) {
  Bytes packet = rtp(1, 10);
  packet.resize(200);
  EXPECT_TRUE(sender_.protect_rtp(packet, 112));
  packet = rtp(1, 10), packet.resize(200);
  EXPECT_EQ(sender_.protect_rtp(packet, 112).error(), Drop::replayed);
  packet = rtp(1, 9), packet.resize(200);
  EXPECT_TRUE(sender_.protect_rtp(packet, 112)) << "reordered, not repeated";
}

TEST_P(Srtp, RollsOverManyTimesWithLossAndReordering) {
  base::SeededRng rng(7);
  std::vector<Bytes> batch;
  for (std::uint32_t i = 0; i < 400'000; i += 1 + std::uint32_t(rng.below(40))) {
    const auto place = batch.begin() + std::ptrdiff_t(rng.below(batch.size() + 1));
    batch.insert(place, seal(rtp(1, std::uint16_t(i), 10)));
    if (batch.size() < 8) continue;
    for (const auto& packet : batch) EXPECT_TRUE(open(packet)) << i;
    batch.clear();
  }
}

TEST_P(Srtp, StreamsAreApart) {
  EXPECT_TRUE(open(seal(rtp(1, 10))));
  EXPECT_TRUE(open(seal(rtp(2, 10))));
  Bytes moved = seal(rtp(1, 11));
  moved[11] = 2;
  EXPECT_EQ(refusal(moved), Drop::unauthenticated);
}

TEST_P(Srtp, StreamsAreBounded) {
  for (std::uint32_t ssrc = 0; ssrc < max_srtp_streams; ++ssrc) EXPECT_TRUE(open(seal(rtp(ssrc, 1, 1))));
  Bytes packet = rtp(max_srtp_streams, 1);
  packet.resize(200);
  EXPECT_EQ(sender_.protect_rtp(packet, 112).error(), Drop::too_many_streams);
  EXPECT_TRUE(open(seal(rtp(0, 2))));
}

TEST_P(Srtp, MalformedPacketsAreDropped) {
  EXPECT_EQ(refusal({}), Drop::malformed);
  EXPECT_EQ(refusal(Bytes(12, 0x80)), Drop::malformed);
  Bytes packet = seal(rtp(1, 1, 4));
  packet[0] |= 0x0F;  // fifteen CSRCs that are not there
  EXPECT_EQ(refusal(packet), Drop::malformed);
  packet[0] = 0x90;  // an extension that is not there
  EXPECT_EQ(refusal(packet), Drop::malformed);
  packet[0] = 0x40;
  EXPECT_EQ(refusal(packet), Drop::malformed);
  Bytes small = rtp(1, 1);
  EXPECT_EQ(sender_.protect_rtp(small, small.size()).error(), Drop::no_room);
  EXPECT_EQ(sender_.protect_rtp(small, 11).error(), Drop::malformed);
}

TEST_P(Srtp, RtcpGoesThereAndBackOnce) {
  const Bytes plain = hex("80c90001000000078000000101020304");
  Bytes packet = seal_rtcp(plain);
  const Bytes copy = packet;
  const auto size = receiver_.unprotect_rtcp(packet);
  ASSERT_EQ(size, plain.size());
  packet.resize(*size);
  EXPECT_EQ(packet, plain);
  Bytes replay = copy;
  EXPECT_EQ(receiver_.unprotect_rtcp(replay).error(), Drop::replayed);
  Bytes next = seal_rtcp(plain);
  next[10] ^= 1;
  EXPECT_EQ(receiver_.unprotect_rtcp(next).error(), Drop::unauthenticated);
}

TEST_P(Srtp, ClearOrShortRtcpIsDropped) {
  Bytes packet = seal_rtcp(hex("80c9000100000007"));
  EXPECT_TRUE(receiver_.unprotect_rtcp(packet));
  Bytes clear(40, 0);
  clear[0] = 0x80;
  EXPECT_EQ(receiver_.unprotect_rtcp(clear).error(), Drop::malformed);
  for (std::size_t size = 0; size < 18; ++size) {
    Bytes shorter(size, 0x80);
    EXPECT_EQ(receiver_.unprotect_rtcp(shorter).error(), Drop::malformed);
  }
}

INSTANTIATE_TEST_SUITE_P(Profiles, Srtp,
                         testing::Values(SrtpProfile::aead_aes_128_gcm, SrtpProfile::aead_aes_256_gcm,
                                         SrtpProfile::aes128_cm_sha1_80));

TEST(SrtpKeys, OfTheWrongSizeAreRefused) {
  SrtpKeys keys = keys_of(SrtpProfile::aead_aes_128_gcm);
  keys.profile = SrtpProfile::aead_aes_256_gcm;
  EXPECT_EQ(SrtpSender::create(keys).error().code, srtp_bad_keys);
  EXPECT_EQ(SrtpReceiver::create(keys).error().code, srtp_bad_keys);
}

TEST(ReplayWindow, AgreesWithASetOfAllIndices) {
  base::SeededRng rng(3);
  ReplayWindow window;
  std::vector<bool> seen(500'000);
  std::uint64_t highest = 0;
  for (int i = 0; i < 200'000; ++i) {
    const std::uint64_t jump = rng.below(100) == 0 ? rng.below(6000) : rng.below(6);
    const std::uint64_t base = highest + jump, back = rng.below(3000);
    const std::uint64_t index = rng.below(2) == 0 ? base : base - std::min(base, back);
    if (index >= seen.size()) break;
    const auto verdict = window.check(index);
    const bool old = highest >= index + replay_window_size;
    ASSERT_EQ(verdict, old ? std::optional(Drop::too_old) : seen[index] ? std::optional(Drop::replayed) : std::nullopt);
    if (verdict) continue;
    window.accept(index), seen[index] = true;
    highest = std::max(highest, index);
  }
  EXPECT_GT(highest, 100'000U);
}

TEST(ReplayWindow, GuessesAroundTheWrap) {
  ReplayWindow window;
  EXPECT_EQ(window.guess(65'530), 65'530U);
  window.accept(65'530);
  EXPECT_EQ(window.guess(5), 65'541U);
  window.accept(65'541);
  EXPECT_EQ(window.guess(65'531), 65'531U);
  ReplayWindow young;
  young.accept(3);
  EXPECT_FALSE(young.guess(65'000)) << "before the first cycle";
}

}  // namespace
}  // namespace greenroom::crypto
