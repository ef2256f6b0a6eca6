#include "crypto/totp.hpp"

#include "crypto/random.hpp"

namespace greenroom::crypto {
namespace {

base::WallTime at(std::int64_t seconds) { return base::wall_from_micros(seconds * 1'000'000); }
base::Bytes rfc_secret() {
  const auto view = base::as_bytes("12345678901234567890");
  return {view.begin(), view.end()};
}

// RFC 6238 appendix B, SHA-1, the last six of the eight digits.
TEST(Totp, vectors_of_the_rfc) {
  const std::pair<std::int64_t, const char*> vectors[] = {{59, "287082"},         {1111111109, "081804"},
                                                          {1111111111, "050471"}, {1234567890, "005924"},
                                                          {2000000000, "279037"}, {20000000000, "353130"}};
  for (const auto& [seconds, code] : vectors) EXPECT_EQ(totp_code(rfc_secret(), totp_step_at(at(seconds))), code);
}

// RFC 4226 appendix D: the counter itself.
TEST(Totp, counters_of_hotp) {
  const char* codes[] = {"755224", "287082", "359152", "969429", "338314",
                         "254676", "287922", "162583", "399871", "520489"};
  for (std::uint64_t i = 0; i < 10; ++i) EXPECT_EQ(totp_code(rfc_secret(), i), codes[i]);
}

TEST(Totp, takes_one_step_of_drift_and_no_more) {
  const auto code = totp_code(rfc_secret(), 1000);
  for (const std::int64_t step : {999, 1000, 1001}) EXPECT_EQ(match_totp(rfc_secret(), code, at(step * 30)), 1000U);
  for (const std::int64_t step : {998, 1002}) EXPECT_FALSE(match_totp(rfc_secret(), code, at(step * 30)));
}

TEST(Totp, a_code_works_once) {
  const auto now = at(30'000);
  const auto code = totp_code(rfc_secret(), 1000);
  const auto step = match_totp(rfc_secret(), code, now);
  ASSERT_TRUE(step);
  EXPECT_FALSE(match_totp(rfc_secret(), code, now, step));
  EXPECT_FALSE(match_totp(rfc_secret(), totp_code(rfc_secret(), 999), now, step)) << "an older one is as used";
  EXPECT_EQ(match_totp(rfc_secret(), totp_code(rfc_secret(), 1001), now, step), 1001U);
}

TEST(Totp, refuses_what_is_no_code) {
  for (const char* code : {"", "12345", "1234567", "abcdef", "755224 "})
    EXPECT_FALSE(match_totp(rfc_secret(), code, at(0)));
}

// RFC 4648 §10.
TEST(Totp, base32) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "MY"},
                                                         {"fo", "MZXQ"},
                                                         {"foo", "MZXW6"},
                                                         {"foob", "MZXW6YQ"},
                                                         {"fooba", "MZXW6YTB"},
                                                         {"foobar", "MZXW6YTBOI"}};
  for (const auto& [plain, text] : vectors) {
    EXPECT_EQ(to_base32(base::as_bytes(plain)), text);
    const auto back = from_base32(text);
    ASSERT_TRUE(back) << text;
    EXPECT_EQ(base::as_text(*back), plain);
  }
  EXPECT_EQ(base::as_text(*from_base32("mzxw 6ytb oi")), "foobar");
  for (const char* bad : {"M", "MZ1", "MZ=", "MZXW6YTBO", "MZXR"}) EXPECT_FALSE(from_base32(bad)) << bad;
}

TEST(Totp, uri_of_an_authenticator) {
  EXPECT_EQ(
      totp_uri("Green room", "ada@example.org", rfc_secret()),
      "otpauth://totp/Green%20room:ada%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Green%20room");
}

TEST(Totp, secrets_are_random) {
  SystemRng rng;
  const auto a = make_totp_secret(rng), b = make_totp_secret(rng);
  EXPECT_EQ(a.size(), totp_secret_size);
  EXPECT_NE(a, b);
}

}  // namespace
}  // namespace greenroom::crypto
