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

// In pieces of all sizes, so that blocks begin and end anywhere in them.
TEST(Hash, TwoSha256AtOnceAreWhatEachWouldBe) {
  base::SeededRng rng(7);
  for (int round = 0; round < 200; ++round) {
    Sha256 a, b;
    base::Bytes all_a, all_b;
    for (int piece = 0; piece < 8; ++piece) {
      base::Bytes next_a(rng.below(700)), next_b(rng.below(2) ? next_a.size() : rng.below(700));
      rng.fill(next_a), rng.fill(next_b);
      Sha256::update_both(a, next_a, b, next_b);
      all_a.insert(all_a.end(), next_a.begin(), next_a.end());
      all_b.insert(all_b.end(), next_b.begin(), next_b.end());
      if (rng.below(4) == 0) {  // alone meanwhile
        a.update(next_b);
        all_a.insert(all_a.end(), next_b.begin(), next_b.end());
      }
    }
    ASSERT_EQ(a.digest(), sha256(all_a)) << "round " << round;
    ASSERT_EQ(b.digest(), sha256(all_b)) << "round " << round;
  }
}

// Past 2^32 bits, where the length no longer fits one word.
TEST(Hash, TwoSha256AtOnceCountBeyondOneWord) {
  const base::Bytes piece(1 << 20, 0x61);
  Sha256 a, b, alone;
  for (int i = 0; i < 513; ++i) {
    Sha256::update_both(a, piece, b, base::ByteView(piece).first(piece.size() - 1));
    alone.update(piece);
  }
  EXPECT_EQ(a.digest(), alone.digest());
  EXPECT_NE(b.digest(), alone.digest());
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
