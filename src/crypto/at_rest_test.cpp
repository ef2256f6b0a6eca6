#include "crypto/at_rest.hpp"

#include <gtest/gtest.h>

#include "crypto/encoding.hpp"

namespace greenroom::crypto {
namespace {

const std::string one(64, 'a'), other(64, 'b');

StorageKeys keys_of(const std::string& text) {
  auto keys = StorageKeys::parse(text);
  EXPECT_TRUE(keys) << keys.error().what;
  return keys.value_or(StorageKeys());
}

base::Bytes noise(std::size_t size, std::uint64_t seed = 1) {
  base::Bytes bytes(size);
  base::SeededRng(seed).fill(bytes);
  return bytes;
}

class AtRest : public testing::Test {
 protected:
  const Scope scope_ = *base::parse_uuid("0190163d-8694-739b-aea5-966c26f8ad91");
  base::SeededRng rng_{7};
};

// The keystream's first block is AES-256 of zeros: NIST's AESAVS, KeySbox for 256 bits, vector 0. The blocks after it
// are those of the counters 1 and 2, by OpenSSL's command line (-aes-256-ecb).
TEST_F(AtRest, TheKeystreamIsAes256CountingFromZero) {
  const auto stream = [](std::string_view hex, std::size_t size) {
    const auto bytes = *from_hex(hex);
    Sha256Digest key;
    std::copy(bytes.begin(), bytes.end(), key.begin());
    base::Bytes out(size);
    FileCipher(key).apply(0, out);
    return to_hex(out);
  };
  EXPECT_EQ(stream("c47b0294dbbbee0fec4757f22ffeee3587ca4730c3d33b691df38bab076bc558", 16),
            "46f2fb342d6f0ab477476fc501242c5f");
  EXPECT_EQ(stream("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", 48),
            "e568f68194cf76d6174d4cc04310a85491151e5d0b7a1f1bc0d7acd0ae3e51e4170e23d1735cd2d579e63a887bc9c813");
}

TEST_F(AtRest, AnyPiecesAtAnyOffsetsAreTheSameBytes) {
  const auto cipher = keys_of(one).make_envelope(scope_, rng_).cipher;
  const auto plain = noise(5'000);
  auto whole = plain;
  cipher.apply(0, whole);
  EXPECT_NE(whole, plain);
  for (int round = 0; round < 200; ++round) {
    auto pieces = plain;
    for (std::size_t at = 0; at < pieces.size();) {
      const auto length = std::min<std::size_t>(pieces.size() - at, rng_.below(100));
      cipher.apply(at, base::ByteSpan(pieces).subspan(at, length));
      at += length;
    }
    ASSERT_EQ(pieces, whole);
    const auto at = rng_.below(plain.size()), length = rng_.below(plain.size() - at + 1);
    base::Bytes part(whole.begin() + std::ptrdiff_t(at), whole.begin() + std::ptrdiff_t(at + length));
    cipher.apply(at, part);
    ASSERT_TRUE(std::equal(part.begin(), part.end(), plain.begin() + std::ptrdiff_t(at)));
  }
}

TEST_F(AtRest, FarOffsetsDoNotRepeat) {
  const auto cipher = keys_of(one).make_envelope(scope_, rng_).cipher;
  std::vector<base::Bytes> streams;
  for (const std::uint64_t offset : {0ull, 16ull, 1ull << 32, 1ull << 36, 1ull << 62}) {
    base::Bytes stream(16);
    cipher.apply(offset, stream);
    for (const auto& before : streams) EXPECT_NE(stream, before);
    streams.push_back(stream);
  }
}

TEST_F(AtRest, AnEnvelopeOpensWithItsKeyAlone) {
  const auto keys = keys_of(one);
  const auto made = keys.make_envelope(scope_, rng_);
  EXPECT_TRUE(is_envelope(made.envelope));
  auto bytes = noise(100), opened = bytes;
  made.cipher.apply(3, bytes);
  const auto cipher = keys.open_envelope(made.envelope);
  ASSERT_TRUE(cipher);
  cipher->apply(3, bytes);
  EXPECT_EQ(bytes, opened);
  EXPECT_EQ(keys_of(other).open_envelope(made.envelope).error().code, no_storage_key);
  EXPECT_EQ(StorageKeys().open_envelope(made.envelope).error().code, no_storage_key);
  EXPECT_EQ(keys.open_envelope(base::ByteView(made.envelope).first(63)).error().code, bad_envelope);
  for (std::size_t at = 0; at < envelope_size; ++at) {
    auto changed = made.envelope;
    changed[at] ^= 1;
    EXPECT_FALSE(keys.open_envelope(changed)) << at;
  }
}

TEST_F(AtRest, EveryFileAndEveryWorkspaceHasAKeyOfItsOwn) {
  const auto keys = keys_of(one);
  const auto stream = [&](const Scope& scope) {
    base::Bytes out(32);
    keys.make_envelope(scope, rng_).cipher.apply(0, out);
    return out;
  };
  EXPECT_NE(stream(scope_), stream(scope_));
  base::SeededRng again(7), once_more(7);
  const auto here = keys.make_envelope(scope_, again), there = keys.make_envelope({}, once_more);
  base::Bytes a(32), b(32);
  here.cipher.apply(0, a);
  there.cipher.apply(0, b);
  EXPECT_NE(a, b);  // the same nonce in another workspace
}

TEST_F(AtRest, TheFirstKeyIsForWhatIsNewAndAllAreForReading) {
  const auto before = keys_of(one), after = keys_of(other + "\n" + one + "\n");
  const auto old = before.make_envelope(scope_, rng_), fresh = after.make_envelope(scope_, rng_);
  EXPECT_TRUE(after.open_envelope(old.envelope));
  EXPECT_TRUE(after.open_envelope(fresh.envelope));
  EXPECT_EQ(before.open_envelope(fresh.envelope).error().code, no_storage_key);
}

TEST_F(AtRest, AKeyFileThatIsWrongIsNamedByItsLine) {
  EXPECT_TRUE(StorageKeys::parse(" " + one + "\r\n\n" + other));
  const auto refused = [](const std::string& text) {
    const auto keys = StorageKeys::parse(text);
    return keys ? std::string() : keys.error().what;
  };
  EXPECT_EQ(refused(""), "there is no key in it");
  EXPECT_EQ(refused("\n \n"), "there is no key in it");
  EXPECT_EQ(refused(one + "\n" + one.substr(1)), "line 2 is no key of 64 hex digits");
  EXPECT_EQ(refused(one + "0"), "line 1 is no key of 64 hex digits");
  EXPECT_EQ(refused(one.substr(1) + "g"), "line 1 is no key of 64 hex digits");
  std::string many;
  for (std::size_t i = 0; i <= storage_keys_max; ++i) many += one + "\n";
  EXPECT_EQ(refused(many), "there are too many keys");
  const auto fresh = make_storage_key(rng_);
  EXPECT_EQ(fresh.size(), 64u);
  EXPECT_TRUE(StorageKeys::parse(fresh));
  EXPECT_NE(fresh, make_storage_key(rng_));
}

// docs/encryption.md says how a file is deciphered with openssl's command line; this one was made so.
TEST_F(AtRest, IsWhatTheDocumentSays) {
  const auto file = *from_hex(
      "4752435259505431fc489830913b2a870190163d8694739baea5966c26f8ad91000102030405060708090a0b0c0d0e0f"
      "2026a94533888cb6d5793a7f2a90facacc68aa1ceef1e05f975a175b12b9660de23fcde3ce");
  const auto cipher = keys_of(one).open_envelope(file);
  ASSERT_TRUE(cipher) << cipher.error().what;
  base::Bytes content(file.begin() + envelope_size, file.end());
  cipher->apply(0, content);
  EXPECT_EQ(base::as_text(content), "what was said is kept");
}

}  // namespace
}  // namespace greenroom::crypto
