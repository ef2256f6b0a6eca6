#include "crypto/jwk.hpp"

#include "crypto/hash.hpp"
#include "crypto/test_jws_signer.hpp"

namespace greenroom::crypto {
namespace {

class JwsAlgorithms : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(All, JwsAlgorithms,
                         testing::Values("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"));

TEST_P(JwsAlgorithms, verify) {
  const TestJwsSigner signer(GetParam()), other(GetParam());
  const auto set = *JwkSet::parse(signer.jwk_set());
  ASSERT_EQ(set.keys().size(), 1U);
  const auto jws = signer.sign(R"({"sub":"ada"})");
  ASSERT_TRUE(verify_jws(set, jws)) << verify_jws(set, jws).error().what;
  EXPECT_EQ(*verify_jws(set, jws), R"({"sub":"ada"})");
  EXPECT_EQ(verify_jws(set, other.sign("{}")).error().code, jws_forged);
  const auto dot = jws.rfind('.');
  const auto first = jws.find('.');
  auto changed = jws;
  changed[first + 3] = changed[first + 3] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(verify_jws(set, changed));
  EXPECT_FALSE(verify_jws(set, jws.substr(0, dot + 1))) << "no signature";
  EXPECT_FALSE(verify_jws(set, jws.substr(0, jws.size() - 4))) << "a cut one";
}

TEST_P(JwsAlgorithms, the_key_decides_what_is_possible) {
  const TestJwsSigner signer(GetParam());
  const auto set = *JwkSet::parse(signer.jwk_set());
  for (const char* name : {"none", "None", "HS256", "HS384", "ES256K", "", "RS256", "RS384", "RS512", "PS256", "ES256",
                           "ES384", "EdDSA"}) {
    if (name == std::string_view(GetParam())) continue;
    EXPECT_FALSE(verify_jws(set, signer.sign_with_header(fmt::format(R"({{"alg":"{}"}})", name), "{}"))) << name;
  }
  const auto pinned = *JwkSet::parse(fmt::format(R"({{"keys":[{}]}})", signer.jwk(R"(,"alg":"RS999")")));
  EXPECT_EQ(verify_jws(pinned, signer.sign("{}")).error().code, jws_unknown_key);
}

// RFC 7515 appendix A.3.
TEST(Jws, example_of_the_rfc_with_p256) {
  const auto set =
      JwkSet::parse(R"({"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})");
  ASSERT_TRUE(set);
  const auto payload = verify_jws(
      *set,
      "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0c"
      "nVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
  ASSERT_TRUE(payload) << payload.error().what;
  EXPECT_THAT(*payload, testing::HasSubstr("\"iss\":\"joe\""));
}

// RFC 8037 appendix A.4.
TEST(Jws, example_of_the_rfc_with_ed25519) {
  const auto set =
      JwkSet::parse(R"({"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})");
  ASSERT_TRUE(set);
  const auto payload = verify_jws(*set,
                                  "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7"
                                  "-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
  ASSERT_TRUE(payload) << payload.error().what;
  EXPECT_EQ(*payload, "Example of Ed25519 signing");
}

TEST(Jws, keys_go_by_their_ids) {
  const TestJwsSigner a("ES256", "a"), b("ES256", "b"), unknown("ES256", "c");
  const auto set = *JwkSet::parse(fmt::format(R"({{"keys":[{},{}]}})", a.jwk(), b.jwk()));
  EXPECT_TRUE(verify_jws(set, a.sign("{}")));
  EXPECT_TRUE(verify_jws(set, b.sign("{}")));
  EXPECT_TRUE(verify_jws(set, b.sign_with_header(R"({"alg":"ES256"})", "{}"))) << "without an id each is tried";
  EXPECT_EQ(verify_jws(set, unknown.sign("{}")).error().code, jws_unknown_key);
  EXPECT_EQ(verify_jws(set, b.sign_with_header(R"({"alg":"ES256","kid":"a"})", "{}")).error().code, jws_forged);
}

TEST(Jws, refuses_what_is_none) {
  const TestJwsSigner signer("ES256");
  const auto set = *JwkSet::parse(signer.jwk_set());
  for (const std::string& bad :
       {std::string(), std::string("."), std::string(".."), std::string("a.b"), std::string("a.b.c.d"),
        std::string("!.!.!"), std::string("e30.e30.e30"), std::string(jws_size_max + 1, 'a')})
    EXPECT_FALSE(verify_jws(set, bad)) << bad.substr(0, 20);
  EXPECT_EQ(
      verify_jws(set, signer.sign_with_header(R"({"alg":"ES256","crit":["b64"],"b64":false})", "{}")).error().code,
      jws_unsupported);
  EXPECT_FALSE(verify_jws(set, signer.sign_with_header(R"(["ES256"])", "{}")));
}

// CVE-2022-21449: zeros as both halves verified anything.
TEST(Jws, a_signature_of_zeros_is_none) {
  const TestJwsSigner signer("ES256");
  const auto set = *JwkSet::parse(signer.jwk_set());
  const auto jws = signer.sign("{}");
  EXPECT_EQ(verify_jws(set, jws.substr(0, jws.rfind('.') + 1) + to_base64url(base::Bytes(64))).error().code,
            jws_forged);
}

TEST(JwkSet, leaves_out_what_is_not_for_signatures_or_broken) {
  const TestJwsSigner good("ES256"), small("RS256", "small", 1024);
  const auto off_curve = std::string(43, 'A');
  const auto set = JwkSet::parse(fmt::format(
      R"({{"keys":[{},{},{},{},{},{},{},7,{},{}]}})", good.jwk(R"(,"use":"sig","x5c":[])"), good.jwk(R"(,"use":"enc")"),
      good.jwk(R"(,"key_ops":["encrypt"])"), small.jwk(), R"({"kty":"oct","k":"c2VjcmV0"})",
      R"({"kty":"RSA","n":"AQ","e":""})", fmt::format(R"({{"kty":"EC","crv":"P-256","x":"{0}","y":"{0}"}})", off_curve),
      R"({"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})",
      R"({"kty":"OKP","crv":"Ed25519","x":"AA"})"));
  ASSERT_TRUE(set);
  EXPECT_EQ(set->keys().size(), 1U);
}

TEST(JwkSet, refuses_what_is_none) {
  for (const char* bad : {"", "[]", "{}", "{\"keys\":{}}", "{\"keys\":[", "null"})
    EXPECT_FALSE(JwkSet::parse(bad)) << bad;
  std::string many = R"({"keys":[{})";
  for (std::size_t i = 0; i < jwk_set_keys_max; ++i) many += ",{}";
  EXPECT_FALSE(JwkSet::parse(many + "]}"));
  EXPECT_TRUE(JwkSet::parse(R"({"keys":[]})"));
}

}  // namespace
}  // namespace greenroom::crypto
