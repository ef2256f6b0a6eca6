// Our SRTP against libsrtp2, in both directions: random packets with CSRCs and extensions, loss, reordering, rollover.
#include <srtp2/srtp.h>

#include "base/rng.hpp"
#include "crypto/srtp.hpp"

namespace greenroom::crypto {
namespace {

using base::Bytes;

void initialise_once() {
  static const auto status = srtp_init();
  ASSERT_EQ(status, srtp_err_status_ok);
}

// libsrtp2's session of one direction.
class Oracle {
 public:
  Oracle(const SrtpKeys& keys, srtp_ssrc_type_t direction) {
    initialise_once();
    key_ = keys.master_key;
    key_.insert(key_.end(), keys.master_salt.begin(), keys.master_salt.end());
    srtp_policy_t policy{};
    set_profile(keys.profile, policy);
    policy.ssrc.type = direction;
    policy.key = key_.data();
    policy.window_size = replay_window_size;
    EXPECT_EQ(srtp_create(&session_, &policy), srtp_err_status_ok);
  }
  Oracle(const Oracle&) = delete;
  ~Oracle() { srtp_dealloc(session_); }

  Bytes protect(const Bytes& plain) { return run(srtp_protect, plain); }
  Bytes unprotect(const Bytes& sealed) { return run(srtp_unprotect, sealed); }
  Bytes protect_rtcp(const Bytes& plain) { return run(srtp_protect_rtcp, plain); }
  Bytes unprotect_rtcp(const Bytes& sealed) { return run(srtp_unprotect_rtcp, sealed); }

 private:
  static void set_profile(SrtpProfile profile, srtp_policy_t& policy) {
    const auto set = profile == SrtpProfile::aead_aes_128_gcm   ? srtp_crypto_policy_set_aes_gcm_128_16_auth
                     : profile == SrtpProfile::aead_aes_256_gcm ? srtp_crypto_policy_set_aes_gcm_256_16_auth
                                                                : srtp_crypto_policy_set_rtp_default;
    set(&policy.rtp), set(&policy.rtcp);
  }
  // Empty when libsrtp2 refuses.
  template <class F>
  Bytes run(F operation, Bytes packet) {
    int size = int(packet.size());
    packet.resize(packet.size() + SRTP_MAX_TRAILER_LEN + 4);
    if (operation(session_, packet.data(), &size) != srtp_err_status_ok) return {};
    packet.resize(std::size_t(size));
    return packet;
  }
  Bytes key_;
  srtp_t session_ = nullptr;
};

class SrtpOracle : public testing::TestWithParam<SrtpProfile> {
 protected:
  SrtpOracle() {
    keys_ = {GetParam(), Bytes(sizes_of(GetParam()).key), Bytes(sizes_of(GetParam()).salt)};
    rng_.fill(keys_.master_key), rng_.fill(keys_.master_salt);
  }

  // Any valid header, any payload.
  Bytes random_rtp(std::uint32_t ssrc, std::uint16_t sequence) {
    const std::size_t csrcs = rng_.below(4), words = rng_.below(5);
    const bool extended = rng_.below(2) == 0;
    Bytes packet(12 + 4 * csrcs + (extended ? 4 + 4 * words : 0) + rng_.below(1200));
    rng_.fill(packet);
    packet[0] = std::uint8_t(0x80 | (extended ? 0x10 : 0) | csrcs);
    base::store_u16(&packet[2], sequence);
    base::store_u32(&packet[8], ssrc);
    if (!extended) return packet;
    base::store_u16(&packet[12 + 4 * csrcs], 0x1000);  // libsrtp2 looks into the elements of the one-byte form
    base::store_u16(&packet[14 + 4 * csrcs], std::uint16_t(words));
    return packet;
  }
  Bytes random_rtcp(std::uint32_t ssrc) {
    Bytes packet(8 + 4 * rng_.below(100));
    rng_.fill(packet);
    packet[0] = 0x80, packet[1] = 200;
    base::store_u16(&packet[2], std::uint16_t(packet.size() / 4 - 1));
    base::store_u32(&packet[4], ssrc);
    return packet;
  }
  Bytes seal(const Bytes& plain) {
    Bytes packet = plain;
    packet.resize(plain.size() + srtp_max_overhead);
    packet.resize(sender_->protect_rtp(packet, plain.size()).value_or(0));
    return packet;
  }
  Bytes open(Bytes packet) {
    packet.resize(receiver_->unprotect_rtp(packet).value_or(0));
    return packet;
  }
  void make_ours() {
    sender_ = *SrtpSender::create(keys_);
    receiver_ = *SrtpReceiver::create(keys_);
  }

  base::SeededRng rng_{42};
  SrtpKeys keys_;
  std::optional<SrtpSender> sender_;
  std::optional<SrtpReceiver> receiver_;
};

TEST_P(SrtpOracle, OpensWhatWeSealAcrossRollovers) {
  make_ours();
  Oracle oracle(keys_, ssrc_any_inbound);
  for (std::uint32_t i = 20'000; i < 300'000; i += 1 + std::uint32_t(rng_.below(200))) {
    const Bytes plain = random_rtp(1 + i % 2, std::uint16_t(i));
    ASSERT_EQ(oracle.unprotect(seal(plain)), plain) << i;
  }
}

TEST_P(SrtpOracle, WeOpenWhatItSealsAcrossRollovers) {
  make_ours();
  Oracle oracle(keys_, ssrc_any_outbound);
  for (std::uint32_t i = 20'000; i < 300'000; i += 1 + std::uint32_t(rng_.below(200))) {
    const Bytes plain = random_rtp(1 + i % 2, std::uint16_t(i));
    ASSERT_EQ(open(oracle.protect(plain)), plain) << i;
  }
}

TEST_P(SrtpOracle, BothSealAlike) {
  make_ours();
  Oracle oracle(keys_, ssrc_any_outbound);
  for (std::uint16_t i = 0; i < 200; ++i) {
    const Bytes plain = random_rtp(1, i);
    ASSERT_EQ(seal(plain), oracle.protect(plain)) << i;
  }
}

TEST_P(SrtpOracle, RtcpInBothDirections) {
  make_ours();
  Oracle in(keys_, ssrc_any_inbound), out(keys_, ssrc_any_outbound);
  for (int i = 0; i < 300; ++i) {
    const Bytes plain = random_rtcp(1 + std::uint32_t(i % 3));
    Bytes sealed = plain;
    sealed.resize(plain.size() + srtcp_max_overhead);
    sealed.resize(sender_->protect_rtcp(sealed, plain.size()).value());
    ASSERT_EQ(in.unprotect_rtcp(sealed), plain) << i;
    Bytes opened = out.protect_rtcp(plain);
    opened.resize(receiver_->unprotect_rtcp(opened).value_or(0));
    ASSERT_EQ(opened, plain) << i;
  }
}

TEST_P(SrtpOracle, BothTakeReorderedPacketsOnce) {
  make_ours();
  Oracle out(keys_, ssrc_any_outbound), in(keys_, ssrc_any_inbound);
  std::vector<Bytes> sealed;
  for (std::uint32_t i = 65'000; i < 66'000; ++i) sealed.push_back(out.protect(random_rtp(1, std::uint16_t(i))));
  for (int i = 0; i < 3000; ++i) {
    const Bytes& packet = sealed[std::min<std::size_t>(std::size_t(i / 3) + rng_.below(20), sealed.size() - 1)];
    ASSERT_EQ(open(packet), in.unprotect(packet)) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Profiles, SrtpOracle,
                         testing::Values(SrtpProfile::aead_aes_128_gcm, SrtpProfile::aead_aes_256_gcm,
                                         SrtpProfile::aes128_cm_sha1_80));

}  // namespace
}  // namespace greenroom::crypto
