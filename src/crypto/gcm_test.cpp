#include "crypto/detail/gcm.hpp"

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace greenroom::crypto {
namespace {

base::Bytes random_bytes(base::Rng& rng, std::size_t size) {
  base::Bytes out(size);
  rng.fill(out);
  return out;
}

base::Bytes seal(GcmKey& key, base::Bytes iv, const base::Bytes& associated, const base::Bytes& plain) {
  iv.resize(16);
  base::Bytes out = plain;
  out.resize(plain.size() + aead_tag_size);
  key.seal(iv.data(), associated, base::ByteSpan(out).first(plain.size()), out.data() + plain.size());
  return out;
}

bool open(GcmKey& key, base::Bytes iv, const base::Bytes& associated, base::Bytes& sealed) {
  iv.resize(16);
  const auto size = sealed.size() - aead_tag_size;
  return key.open(iv.data(), associated, base::ByteSpan(sealed).first(size), &sealed[size]);
}

class Gcm : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(KeySizes, Gcm, testing::Values(16, 32));

TEST_P(Gcm, BothWaysOfComputingAgreeForEverySize) {
  base::SeededRng rng(38);
  const auto key = random_bytes(rng, GetParam());
  GcmKey sealing(key, CipherDirection::seal), plain_sealing(key, CipherDirection::seal, true);
  GcmKey opening(key, CipherDirection::open), plain_opening(key, CipherDirection::open, true);
  for (std::size_t size = 0; size < 1500; size += size < 300 ? 1 : 37) {
    const auto iv = random_bytes(rng, 12), associated = random_bytes(rng, rng.below(60));
    const auto message = random_bytes(rng, size);
    auto sealed = seal(sealing, iv, associated, message);
    ASSERT_EQ(sealed, seal(plain_sealing, iv, associated, message)) << size << " bytes";
    auto again = sealed;
    ASSERT_TRUE(open(opening, iv, associated, sealed));
    ASSERT_TRUE(open(plain_opening, iv, associated, again));
    sealed.resize(size);
    ASSERT_EQ(sealed, message);
  }
}

TEST_P(Gcm, ATagOfSomethingElseIsWrong) {
  base::SeededRng rng(39);
  const auto key = random_bytes(rng, GetParam()), iv = random_bytes(rng, 12), associated = random_bytes(rng, 12);
  GcmKey sealing(key, CipherDirection::seal), opening(key, CipherDirection::open);
  const auto sealed = seal(sealing, iv, associated, random_bytes(rng, 100));
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    auto changed = sealed;
    changed[at] ^= 1;
    EXPECT_FALSE(open(opening, iv, associated, changed)) << "byte " << at;
  }
  auto whole = sealed;
  EXPECT_FALSE(open(opening, iv, random_bytes(rng, 12), whole));
  whole = sealed;
  EXPECT_TRUE(open(opening, iv, associated, whole));
}

}  // namespace
}  // namespace greenroom::crypto
