#include "crypto/token.hpp"

#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "crypto/signed_url.hpp"

namespace greenroom::crypto {
namespace {

const base::Bytes token_key(32, 7);
const base::WallTime test_now = base::wall_from_micros(1'700'000'000'000'000);

std::string forge(std::string_view header, std::string_view claims) {
  std::string token = to_base64url(base::as_bytes(header)) + '.' + to_base64url(base::as_bytes(claims));
  return token + '.' + to_base64url(hmac_sha256(token_key, base::as_bytes(token)));
}
std::string_view refusal(std::string_view token, base::WallTime now = test_now) {
  const auto claims = verify_token(token_key, token, now);
  return claims ? "" : claims.error().code.name;
}

TEST(Token, ReturnsTheClaimsItSigned) {
  const std::string claims = R"({"sub":"p1","exp":1700000060})";
  EXPECT_EQ(*verify_token(token_key, sign_token(token_key, claims), test_now), claims);
}

// RFC 7515 §A.1: another implementation's token, with line feeds in its header and claims.
TEST(Token, VerifiesTheExampleOfRfc7515) {
  const auto key =
      from_base64url("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
  const std::string token =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
      "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  EXPECT_TRUE(verify_token(*key, token, base::wall_from_micros(1'300'000'000'000'000)));
  EXPECT_EQ(verify_token(*key, token, test_now).error().code, token_expired);
}

TEST(Token, EndsAtTheSecondItSays) {
  const auto token = sign_token(token_key, R"({"exp":1700000000})");
  EXPECT_EQ(refusal(token, test_now - base::Duration(1)), "");
  EXPECT_EQ(refusal(token, test_now), "crypto.token_expired");
}

TEST(Token, WithoutAnEndIsRefused) {
  EXPECT_EQ(refusal(sign_token(token_key, R"({"sub":"x"})")), "crypto.token_malformed");
  EXPECT_EQ(refusal(sign_token(token_key, R"({"exp":"never"})")), "crypto.token_malformed");
  EXPECT_EQ(refusal(sign_token(token_key, R"({"nested":{"exp":1800000000}})")), "crypto.token_malformed");
}

TEST(Token, StartsWhenItSays) {
  EXPECT_EQ(refusal(sign_token(token_key, R"({"exp":1800000000,"nbf":1700000001})")), "crypto.token_not_yet_valid");
  EXPECT_EQ(refusal(sign_token(token_key, R"({"exp":1800000000,"nbf":1700000000})")), "");
}

TEST(Token, EveryFlippedBitIsNoticed) {
  const auto token = sign_token(token_key, R"({"exp":1800000000})");
  for (std::size_t i = 0; i < token.size(); ++i)
    for (int bit = 0; bit < 8; ++bit) {
      auto changed = token;
      changed[i] = char(changed[i] ^ 1 << bit);
      EXPECT_FALSE(verify_token(token_key, changed, test_now)) << i;
    }
}

TEST(Token, OtherAlgorithmsAreRefusedEvenWithARightSignature) {
  for (const auto* header : {R"({"alg":"none"})", R"({"alg":"HS512"})", R"({"alg":"hs256"})", R"({"typ":"JWT"})",
                             R"({"alg":"HS256","crit":["b64"]})", R"(["HS256"])", "{", ""})
    EXPECT_EQ(refusal(forge(header, R"({"exp":1800000000})")), "crypto.token_malformed") << header;
  EXPECT_EQ(refusal(forge(R"({"alg":"HS256"})", R"({"exp":1800000000})")), "");
}

TEST(Token, AnotherKeyIsAForger) {
  const auto token = sign_token(base::Bytes(32, 8), R"({"exp":1800000000})");
  EXPECT_EQ(refusal(token), "crypto.token_forged");
}

TEST(Token, GarbageIsRefused) {
  for (const auto& token : {std::string(), std::string("."), std::string(".."), std::string("a.b"),
                            std::string("a.b.c.d"), std::string(max_token_size + 1, 'a')})
    EXPECT_FALSE(verify_token(token_key, token, test_now)) << token.substr(0, 10);
}

UrlSignature cut(const std::string& query) {
  const std::string_view text(query);
  const auto amp = text.find('&');
  return {text.substr(8, amp - 8), text.substr(amp + 11)};
}

TEST(SignedUrl, HoldsForItsPathUntilItExpires) {
  const std::string query = sign_url(token_key, "/media/a/take.mp4", test_now + std::chrono::seconds(60));
  EXPECT_TRUE(verify_url(token_key, "/media/a/take.mp4", cut(query), test_now));
  EXPECT_EQ(verify_url(token_key, "/media/b/take.mp4", cut(query), test_now).error().code, url_forged);
  EXPECT_EQ(verify_url(token_key, "/media/a/take.mp4", cut(query), test_now + std::chrono::seconds(60)).error().code,
            url_expired);
}

TEST(SignedUrl, CannotBeProlonged) {
  const std::string query = sign_url(token_key, "/media/a", test_now);
  UrlSignature longer = cut(query);
  longer.expires = "9999999999";
  EXPECT_EQ(verify_url(token_key, "/media/a", longer, test_now).error().code, url_forged);
  EXPECT_EQ(verify_url(token_key, "/media/a", {"", ""}, test_now).error().code, url_forged);
}

}  // namespace
}  // namespace greenroom::crypto
