// Sealing and opening allocate nothing once a stream is known. Counted at malloc, so that OpenSSL is counted too; the
// sanitizers bring a malloc of their own.
#if !defined(__SANITIZE_ADDRESS__)
#include <cstdlib>

#include "crypto/srtp.hpp"

extern "C" void* __libc_malloc(std::size_t size);
extern "C" void* __libc_calloc(std::size_t count, std::size_t size);
extern "C" void* __libc_realloc(void* old, std::size_t size);

namespace {
std::size_t allocations = 0;
}
extern "C" void* malloc(std::size_t size) noexcept { return ++allocations, __libc_malloc(size); }
extern "C" void* calloc(std::size_t count, std::size_t size) noexcept {
  return ++allocations, __libc_calloc(count, size);
}
extern "C" void* realloc(void* old, std::size_t size) noexcept { return ++allocations, __libc_realloc(old, size); }

namespace greenroom::crypto {
namespace {

class SrtpAllocation : public testing::TestWithParam<SrtpProfile> {};

TEST_P(SrtpAllocation, NonePerPacket) {
  const auto sizes = sizes_of(GetParam());
  const SrtpKeys keys{GetParam(), base::Bytes(sizes.key, 1), base::Bytes(sizes.salt, 2)};
  auto sender = *SrtpSender::create(keys);
  auto receiver = *SrtpReceiver::create(keys);
  base::Bytes buffer(1300);
  std::size_t opened = 0, before = 0;
  for (std::uint16_t i = 0; i < 1000; ++i) {
    if (i == 10) before = allocations;
    buffer[0] = 0x80;
    base::store_u16(&buffer[2], i);
    const auto rtp = sender.protect_rtp(buffer, 1030);
    opened += rtp && receiver.unprotect_rtp(base::ByteSpan(buffer).first(*rtp)) ? 1 : 0;
    buffer[0] = 0x80;
    const auto rtcp = sender.protect_rtcp(buffer, 60);
    opened += rtcp && receiver.unprotect_rtcp(base::ByteSpan(buffer).first(*rtcp)) ? 1 : 0;
  }
  const std::size_t after = allocations;
  EXPECT_EQ(opened, 2000U);
  EXPECT_EQ(after, before);
  EXPECT_GT(before, 0U) << "malloc is not counted";
}

INSTANTIATE_TEST_SUITE_P(Profiles, SrtpAllocation,
                         testing::Values(SrtpProfile::aead_aes_128_gcm, SrtpProfile::aead_aes_256_gcm,
                                         SrtpProfile::aes128_cm_sha1_80));

}  // namespace
}  // namespace greenroom::crypto
#endif
