#include "crypto/hash.hpp"

#include "crypto/encoding.hpp"
#include "crypto/random.hpp"

namespace greenroom::crypto {
namespace {

TEST(Hash, Sha1AndSha256OfFips180Examples) {
  EXPECT_EQ(to_hex(sha1(base::as_bytes("abc"))), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(to_hex(sha256(base::as_bytes("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Hash, HmacOfRfc2202AndRfc4231) {
  const auto data = base::as_bytes("what do ya want for nothing?");
  EXPECT_EQ(to_hex(hmac_sha1(base::as_bytes("Jefe"), data)), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  EXPECT_EQ(to_hex(hmac_sha256(base::as_bytes("Jefe"), data)),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

// RFC 5769 §2.1: the request up to MESSAGE-INTEGRITY, its length field ending there.
TEST(Hash, HmacOfAStunMessage) {
  const auto covered = from_hex(
      "000100502112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff80290008932ff9b1"
      "51263b36000600096576746a3a68367659202020");
  EXPECT_EQ(to_hex(hmac_sha1(base::as_bytes("VOkJxbRl1RmTxUk/WvJxBt"), *covered)),
            "9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2");
}

TEST(Hash, AnEmptyKeyIsAKey) {
  EXPECT_EQ(to_hex(hmac_sha256({}, {})), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  hmac_sha256(base::as_bytes("another"), {});
  EXPECT_EQ(to_hex(hmac_sha256({}, {})), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Hash, Sha256InPiecesGivesDigestsOnTheWay) {
  Sha256 hash;
  hash.update(base::as_bytes("ab"));
  EXPECT_EQ(hash.digest(), sha256(base::as_bytes("ab")));
  hash.update(base::as_bytes("c"));
  EXPECT_EQ(hash.digest(), sha256(base::as_bytes("abc")));
}

TEST(Hash, ConstantTimeEqual) {
  EXPECT_TRUE(equal_in_constant_time(base::as_bytes("same"), base::as_bytes("same")));
  EXPECT_FALSE(equal_in_constant_time(base::as_bytes("same"), base::as_bytes("sane")));
  EXPECT_FALSE(equal_in_constant_time(base::as_bytes("same"), base::as_bytes("sam")));
  EXPECT_TRUE(equal_in_constant_time({}, {}));
}

TEST(Random, FillsAndDiffers) {
  SystemRng rng;
  std::array<std::uint8_t, 32> a{}, b{};
  rng.fill(a), rng.fill(b);
  EXPECT_NE(a, b);
  rng.fill({});
}

}  // namespace
}  // namespace greenroom::crypto
