// Any bytes as SRTP and SRTCP: never opened, never an overrun; and any bytes with a valid head sealed and opened again.
#include <algorithm>

#include "base/assert.hpp"
#include "crypto/srtp.hpp"

using namespace greenroom;

namespace {

crypto::SrtpKeys keys_of(crypto::SrtpProfile profile) {
  const auto sizes = crypto::sizes_of(profile);
  return {profile, base::Bytes(sizes.key, 3), base::Bytes(sizes.salt, 5)};
}

void go_there_and_back(crypto::SrtpProfile profile, base::ByteView plain) {
  auto sender = *crypto::SrtpSender::create(keys_of(profile));
  auto receiver = *crypto::SrtpReceiver::create(keys_of(profile));
  base::Bytes packet(plain.begin(), plain.end());
  packet.resize(packet.size() + crypto::srtcp_max_overhead);
  if (const auto size = sender.protect_rtp(packet, plain.size())) {
    const auto opened = receiver.unprotect_rtp(base::ByteSpan(packet).first(*size));
    GREENROOM_ASSERT(opened == plain.size() && std::equal(plain.begin(), plain.end(), packet.begin()));
  }
  std::copy(plain.begin(), plain.end(), packet.begin());
  if (const auto size = sender.protect_rtcp(packet, plain.size())) {
    const auto opened = receiver.unprotect_rtcp(base::ByteSpan(packet).first(*size));
    GREENROOM_ASSERT(opened == plain.size() && std::equal(plain.begin(), plain.end(), packet.begin()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::ByteView input(data, size);
  for (const auto profile : {crypto::SrtpProfile::aead_aes_128_gcm, crypto::SrtpProfile::aead_aes_256_gcm,
                             crypto::SrtpProfile::aes128_cm_sha1_80}) {
    auto receiver = *crypto::SrtpReceiver::create(keys_of(profile));
    base::Bytes rtp(input.begin(), input.end()), rtcp = rtp;
    GREENROOM_ASSERT(!receiver.unprotect_rtp(rtp));
    GREENROOM_ASSERT(!receiver.unprotect_rtcp(rtcp));
    go_there_and_back(profile, input);
  }
  return 0;
}
