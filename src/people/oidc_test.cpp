#include "people/oidc.hpp"

#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "crypto/random.hpp"
#include "crypto/test_jws_signer.hpp"
#include "net/query.hpp"

namespace greenroom::people {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string issuer = "https://id.example.org";
const std::string redirect = "https://green.example/api/v1/sign-in/oidc/callback";

// A provider as a table of answers, which signs as a real one does.
class TestProvider {
 public:
  OidcCalls calls() {
    return {[this](const net::HttpRequest& request) { return get(request); },
            [this](const net::HttpRequest& request) { return post(request); }};
  }

  std::string discovery = fmt::format(
      R"({{"issuer":"{0}","authorization_endpoint":"{0}/auth","token_endpoint":"{0}/token","jwks_uri":"{0}/keys",)"
      R"("userinfo_endpoint":"{0}/me","authorization_response_iss_parameter_supported":true}})",
      issuer);
  crypto::TestJwsSigner signer{"ES256", "first"};
  std::string keys = signer.jwk_set();
  std::string nonce;      // of the sign-in under way
  std::string challenge;  // the same
  std::string extra = R"(,"email":"ada@example.org","email_verified":true,"name":"Ada")";
  std::string audience = R"("green")";
  std::string userinfo = R"({"sub":"u1","email":"ada@example.org","email_verified":true,"name":"Ada"})";
  base::WallTime now = base::wall_from_micros(1'795'181'809'000'000);
  bool away = false;
  int token_status = 200;
  std::string token_answer;  // instead of a good one
  std::vector<net::HttpRequest> asked;

  int count(std::string_view path) const {
    return int(
        std::count_if(asked.begin(), asked.end(), [&](const auto& r) { return r.url == issuer + std::string(path); }));
  }

  std::string id_token() const {
    return signer.sign(fmt::format(R"({{"iss":"{}","sub":"u1","aud":{},"exp":{},"iat":{},"nonce":"{}"{}}})", issuer,
                                   audience, base::to_millis(now) / 1000 + 300, base::to_millis(now) / 1000, nonce,
                                   extra));
  }

 private:
  base::Result<net::HttpResponse> get(const net::HttpRequest& request) {
    asked.push_back(request);
    if (away) return base::fail(net::http_call_failed, "no");
    if (request.url == issuer + "/.well-known/openid-configuration") return answer(200, discovery);
    if (request.url == issuer + "/keys") return answer(200, keys);
    if (request.url == issuer + "/me") return answer(200, userinfo);
    return answer(404, "");
  }
  base::Result<net::HttpResponse> post(const net::HttpRequest& request) {
    asked.push_back(request);
    if (away) return base::fail(net::http_call_failed, "no");
    const auto verifier = net::find_query_parameter(request.body, "code_verifier").value_or("");
    EXPECT_EQ(crypto::to_base64url(crypto::sha256(base::as_bytes(verifier))), challenge) << "PKCE";
    EXPECT_EQ(net::find_query_parameter(request.body, "redirect_uri"), redirect);
    if (!token_answer.empty() || token_status != 200) return answer(token_status, token_answer);
    return answer(200, fmt::format(R"({{"access_token":"at","token_type":"Bearer","id_token":"{}"}})", id_token()));
  }
  static net::HttpResponse answer(int status, std::string body) { return {status, {}, std::move(body)}; }
};

class OidcTest : public testing::Test {
 protected:
  static OidcProvider settings() {
    OidcProvider out;
    out.name = "Example";
    out.issuer = issuer;
    out.client_id = "green";
    out.client_secret = "s:e c";
    return out;
  }

  OidcClient::Start begin(std::string_view return_path = "/home") {
    auto started = client.start(redirect, return_path, provider.now);
    EXPECT_TRUE(started) << started.error().context;
    const auto query = std::string_view(started->url).substr(started->url.find('?') + 1);
    provider.nonce = net::find_query_parameter(query, "nonce").value_or("");
    provider.challenge = net::find_query_parameter(query, "code_challenge").value_or("");
    callback = {"the-code", net::find_query_parameter(query, "state").value_or(""), issuer, ""};
    return *started;
  }
  base::Result<OidcClient::Finish> finish(const OidcClient::Start& start) {
    return client.finish(start.cookie, callback, redirect, provider.now);
  }
  base::ErrorCode error_of(const base::Result<OidcClient::Finish>& result) {
    EXPECT_FALSE(result);
    return result ? base::ErrorCode{base::ErrorKind::internal, "none"} : result.error().code;
  }

  TestProvider provider;
  OidcCallback callback;
  crypto::SystemRng rng;
  base::NullLog log;
  const base::Bytes secret = base::Bytes(32, 7);
  OidcClient client{settings(), {secret, provider.calls(), rng, log}};
};

TEST_F(OidcTest, a_sign_in) {
  const auto start = begin("/sessions/1?x=2");
  EXPECT_TRUE(
      start.url.starts_with(issuer + "/auth?response_type=code&client_id=green&redirect_uri=https%3A%2F%2Fgreen"));
  EXPECT_THAT(start.url, HasSubstr("&code_challenge_method=S256"));
  EXPECT_THAT(start.url, HasSubstr("scope=openid%20email%20profile"));
  const auto done = finish(start);
  ASSERT_TRUE(done) << done.error().context;
  EXPECT_EQ(done->claims.issuer, issuer);
  EXPECT_EQ(done->claims.subject, "u1");
  EXPECT_EQ(done->claims.email, "ada@example.org");
  EXPECT_TRUE(done->claims.email_verified);
  EXPECT_EQ(done->claims.name, "Ada");
  EXPECT_EQ(done->return_path, "/sessions/1?x=2");
  const auto& asked = provider.asked[1];
  EXPECT_EQ(asked.headers.back().second, "Basic " + crypto::to_base64(base::as_bytes("green:s%3Ae%20c")));
  EXPECT_THAT(asked.body, Not(HasSubstr("client_secret")));
}

TEST_F(OidcTest, works_once_and_for_ten_minutes) {
  const auto start = begin();
  ASSERT_TRUE(finish(start));
  EXPECT_EQ(error_of(finish(start)), error_provider_state);
  const auto late = begin();
  provider.now += oidc_cookie_life;
  EXPECT_EQ(error_of(finish(late)), error_provider_state);
}

TEST_F(OidcTest, the_way_back_must_belong_to_the_way_out) {
  const auto mine = begin();
  const auto my_callback = callback;
  const auto other = begin();
  EXPECT_EQ(error_of(client.finish(mine.cookie, callback, redirect, provider.now)), error_provider_state);
  EXPECT_EQ(error_of(client.finish("", my_callback, redirect, provider.now)), error_provider_state);
  EXPECT_EQ(error_of(client.finish(mine.cookie + "x", my_callback, redirect, provider.now)), error_provider_state);
  OidcClient elsewhere(settings(), {base::Bytes(32, 8), provider.calls(), rng, log});
  EXPECT_EQ(error_of(elsewhere.finish(other.cookie, callback, redirect, provider.now)), error_provider_state);
}

TEST_F(OidcTest, an_answer_of_another_issuer_is_refused) {
  auto start = begin();
  callback.issuer = "https://evil.example";
  EXPECT_EQ(error_of(finish(start)), error_provider_token);
  start = begin();
  callback.issuer = "";
  EXPECT_EQ(error_of(finish(start)), error_provider_token) << "this provider always says its issuer";
}

TEST_F(OidcTest, the_providers_no_is_told) {
  auto start = begin();
  callback.error = "access_denied", callback.code = "";
  EXPECT_EQ(error_of(finish(start)), error_provider_refused);
  start = begin();
  callback.error = "server_error";
  EXPECT_EQ(error_of(finish(start)), error_provider_refused);
  start = begin();
  provider.token_status = 400, provider.token_answer = R"({"error":"invalid_grant"})";
  EXPECT_EQ(error_of(finish(start)), error_provider_refused);
  start = begin();
  provider.token_status = 503;
  EXPECT_EQ(error_of(finish(start)), error_provider_away);
}

TEST_F(OidcTest, every_claim_of_the_id_token_is_checked) {
  const auto now_s = base::to_millis(provider.now) / 1000;
  const auto token = [&](std::string_view iss, std::string_view aud, std::int64_t exp, std::int64_t iat,
                         std::string_view nonce, std::string_view more = "") {
    return fmt::format(R"({{"iss":"{}","sub":"u1","aud":{},"exp":{},"iat":{},"nonce":"{}"{}}})", iss, aud, now_s + exp,
                       now_s + iat, nonce, more);
  };
  const auto check = [&](const std::string& payload) {
    return check_id_token(payload, {issuer, "green", "n"}, provider.now).has_value();
  };
  EXPECT_TRUE(check(token(issuer, R"("green")", 300, 0, "n")));
  EXPECT_TRUE(check(token(issuer, R"(["green"])", 300, 0, "n")));
  EXPECT_TRUE(check(token(issuer, R"(["green","x"])", 300, 0, "n", R"(,"azp":"green")")));
  EXPECT_TRUE(check(token(issuer, R"("green")", -30, -400, "n"))) << "within the clocks' difference";
  EXPECT_FALSE(check(token("https://evil.example", R"("green")", 300, 0, "n")));
  EXPECT_FALSE(check(token(issuer, R"("blue")", 300, 0, "n")));
  EXPECT_FALSE(check(token(issuer, R"(["green","x"])", 300, 0, "n"))) << "for whom of them?";
  EXPECT_FALSE(check(token(issuer, R"(["green"])", 300, 0, "n", R"(,"azp":"x")")));
  EXPECT_FALSE(check(token(issuer, R"([])", 300, 0, "n")));
  EXPECT_FALSE(check(token(issuer, R"("green")", -60, -400, "n")));
  EXPECT_FALSE(check(token(issuer, R"("green")", 300, 61, "n")));
  EXPECT_FALSE(check(token(issuer, R"("green")", 300, -601, "n")));
  EXPECT_FALSE(check(token(issuer, R"("green")", 300, 0, "other")));
  EXPECT_FALSE(check(token(issuer, R"("green")", 300, 0, "n", fmt::format(R"(,"nbf":{})", now_s + 61))));
  EXPECT_FALSE(check(R"({"iss":"https://id.example.org","aud":"green","nonce":"n","sub":"u1"})")) << "no times";
  for (const char* bad : {"", "[]", "null", "{}"}) EXPECT_FALSE(check(bad));
  EXPECT_FALSE(check_id_token(token(issuer, R"("green")", 300, 0, ""), {issuer, "green", ""}, provider.now));
}

TEST_F(OidcTest, a_token_of_another_sign_in_is_refused) {
  begin();
  const auto nonce = provider.nonce;
  const auto start = begin();
  provider.nonce = nonce;
  EXPECT_EQ(error_of(finish(start)), error_provider_token);
}

TEST_F(OidcTest, a_forged_token_is_refused) {
  const auto start = begin();
  provider.signer = crypto::TestJwsSigner("ES256", "first");
  EXPECT_EQ(error_of(finish(start)), error_provider_token);
}

TEST_F(OidcTest, rotated_keys_are_fetched_and_not_too_often) {
  ASSERT_TRUE(finish(begin()));
  EXPECT_EQ(provider.count("/keys"), 1);
  ASSERT_TRUE(finish(begin()));
  EXPECT_EQ(provider.count("/keys"), 1) << "kept";
  provider.signer = crypto::TestJwsSigner("ES256", "second");
  provider.keys = provider.signer.jwk_set();
  ASSERT_TRUE(finish(begin()));
  EXPECT_EQ(provider.count("/keys"), 2);
  provider.signer = crypto::TestJwsSigner("ES256", "unknown");
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(finish(begin()));
  EXPECT_EQ(provider.count("/keys"), 1 + int(oidc_refetches_max));
  provider.keys = provider.signer.jwk_set();
  provider.now += oidc_refetch_window;
  EXPECT_TRUE(finish(begin()));
}

TEST_F(OidcTest, configuration_is_kept_for_an_hour_and_through_an_outage) {
  begin(), begin();
  EXPECT_EQ(provider.count("/.well-known/openid-configuration"), 1);
  provider.now += oidc_metadata_life;
  begin();
  EXPECT_EQ(provider.count("/.well-known/openid-configuration"), 2);
  provider.away = true;
  provider.now += oidc_metadata_life;
  const auto start = begin();
  EXPECT_EQ(error_of(finish(start)), error_provider_away);
}

TEST_F(OidcTest, a_provider_that_is_not_there_yet_is_no_error_for_ever) {
  provider.away = true;
  EXPECT_EQ(client.start(redirect, "/", provider.now).error().code, error_provider_away);
  provider.away = false;
  EXPECT_TRUE(finish(begin()));
}

TEST_F(OidcTest, userinfo_completes_a_thin_token) {
  provider.extra = "";
  const auto done = finish(begin());
  ASSERT_TRUE(done) << done.error().context;
  EXPECT_EQ(done->claims.email, "ada@example.org");
  EXPECT_TRUE(done->claims.email_verified);
  EXPECT_EQ(provider.asked.back().headers[0].second, "Bearer at");
  provider.userinfo = R"({"sub":"eve","email":"ada@example.org","email_verified":true})";
  EXPECT_EQ(error_of(finish(begin())), error_provider_token);
}

TEST_F(OidcTest, only_paths_of_ours_to_return_to) {
  for (const char* path : {"https://evil.example", "//evil.example", "/\\evil.example", "", "home", "/a\r\nb"})
    EXPECT_EQ(finish(begin(path))->return_path, "/") << path;
}

TEST_F(OidcTest, plain_oauth_with_a_page_of_data) {
  OidcProvider plain;
  plain.id = "hub";
  plain.client_id = "green";
  plain.client_secret = "secret";
  plain.authorization_url = issuer + "/auth?tenant=1";
  plain.token_url = issuer + "/token";
  plain.userinfo_url = issuer + "/me";
  plain.subject_member = "id";
  plain.emails_are_verified = true;
  provider.userinfo = R"({"id":12345,"email":"ada@example.org","name":"Ada"})";
  provider.token_answer = R"({"access_token":"at","token_type":"bearer"})";
  OidcClient hub(plain, {secret, provider.calls(), rng, log});
  const auto start = hub.start(redirect, "/", provider.now);
  ASSERT_TRUE(start);
  EXPECT_TRUE(start->url.starts_with(issuer + "/auth?tenant=1&response_type=code"));
  EXPECT_THAT(start->url, Not(HasSubstr("nonce")));
  provider.challenge = *net::find_query_parameter(start->url.substr(start->url.find('?') + 1), "code_challenge");
  callback = {"the-code", *net::find_query_parameter(start->url.substr(start->url.find('?') + 1), "state"), "", ""};
  const auto done = hub.finish(start->cookie, callback, redirect, provider.now);
  ASSERT_TRUE(done) << done.error().context;
  EXPECT_EQ(done->claims.subject, "12345");
  EXPECT_TRUE(done->claims.email_verified);
  EXPECT_THAT(provider.asked[0].body, HasSubstr("client_secret=secret"));
}

TEST(OidcMetadata, is_checked) {
  const auto parsed = parse_oidc_metadata(TestProvider().discovery, issuer + "/");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->token_url, issuer + "/token");
  EXPECT_TRUE(parsed->basic_authentication);
  EXPECT_TRUE(parsed->says_issuer);
  EXPECT_FALSE(parse_oidc_metadata(TestProvider().discovery, "https://other.example"));
  for (const char* bad : {"", "[]", "{}", "<html>"}) EXPECT_FALSE(parse_oidc_metadata(bad, issuer));
  const auto post_only =
      parse_oidc_metadata(R"({"issuer":"i","authorization_endpoint":"a","token_endpoint":"t","jwks_uri":"k",)"
                          R"("token_endpoint_auth_methods_supported":["client_secret_post"]})",
                          "i");
  ASSERT_TRUE(post_only);
  EXPECT_FALSE(post_only->basic_authentication);
}

}  // namespace
}  // namespace greenroom::people
