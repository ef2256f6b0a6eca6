#include "crypto/sealed.hpp"

#include <gtest/gtest.h>

#include "crypto/encoding.hpp"

namespace greenroom::crypto {
namespace {

class SealedBox : public testing::Test {
 protected:
  const Sha256Digest key_ = sha256(base::as_bytes("key"));
  const base::ByteView secret_ = base::as_bytes("JBSWY3DPEHPK3PXP");
  const base::ByteView ada_ = base::as_bytes("ada");
  base::SeededRng rng_{1};
};

TEST_F(SealedBox, OpensWithTheSameKeyAndContextOnly) {
  const auto sealed = seal(key_, secret_, ada_, rng_);
  EXPECT_EQ(sealed.size(), 24 + secret_.size() + 16);
  const auto opened = unseal(key_, sealed, ada_);
  ASSERT_TRUE(opened);
  EXPECT_EQ(base::as_text(*opened), base::as_text(secret_));
  EXPECT_EQ(unseal(key_, sealed, base::as_bytes("bob")).error().code, sealed_broken);
  EXPECT_FALSE(unseal(sha256(base::as_bytes("another")), sealed, ada_));
  EXPECT_NE(seal(key_, secret_, ada_, rng_), sealed);
}

TEST_F(SealedBox, NoChangedByteOpens) {
  auto sealed = seal(key_, secret_, ada_, rng_);
  for (auto& byte : sealed) {
    byte ^= 1;
    EXPECT_FALSE(unseal(key_, sealed, ada_));
    byte ^= 1;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) EXPECT_FALSE(unseal(key_, {sealed.data(), size}, ada_));
  EXPECT_TRUE(unseal(key_, seal(key_, {}, {}, rng_), {}));
}

// draft-irtf-cfrg-xchacha-03, appendix A.3.1.
TEST_F(SealedBox, IsTheDraftsCipher) {
  const auto bytes = [](std::string_view hex) {
    base::Bytes out;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
      out.push_back(std::uint8_t(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
    }
    return out;
  };
  const auto key = bytes("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
  Sha256Digest digest;
  std::copy(key.begin(), key.end(), digest.begin());
  const auto sealed = bytes(
      "404142434445464748494a4b4c4d4e4f5051525354555657"
      "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216"
      "cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13"
      "b52ec0875924c1c7987947deafd8780acf49");
  const auto opened = unseal(digest, sealed, bytes("50515253c0c1c2c3c4c5c6c7"));
  ASSERT_TRUE(opened);
  EXPECT_TRUE(base::as_text(*opened).starts_with("Ladies and Gentlemen of the class of '99"));
}

}  // namespace
}  // namespace greenroom::crypto
