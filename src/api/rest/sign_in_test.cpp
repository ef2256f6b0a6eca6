// Sign-in with an account elsewhere as a browser goes through it; the provider is a table of answers. OidcClient's own
// test looks at what a provider can do wrong.
#include "api/api_fixture.hpp"
#include "net/query.hpp"
#include "people/oidc.hpp"
#include "people/test_provider_key.hpp"

namespace greenroom::api {
namespace {

constexpr std::string_view issuer = "https://id.example.org";

class SignIn : public ApiTest {
 protected:
  SignIn() {
    auto deps = make_deps();
    deps.providers = {&client_};
    deps.public_url = [] { return std::string("https://studio.test"); };
    handler_ = make_http_handler(std::move(deps));
  }

  people::OidcCalls calls() {
    const auto get = [this](const net::HttpRequest& request) -> base::Result<net::HttpResponse> {
      if (away_) return base::fail(net::http_call_failed, "no");
      return net::HttpResponse{200, {}, request.url.ends_with("/keys") ? signer_.jwk_set() : discovery()};
    };
    const auto post = [this](const net::HttpRequest&) -> base::Result<net::HttpResponse> {
      const auto now = base::to_millis(now_) / 1000;
      const auto token = signer_.sign(fmt::format(
          R"({{"iss":"{}","sub":"u1","aud":"green","exp":{},"iat":{},"nonce":"{}","email":"cy@example.org",)"
          R"("email_verified":{},"name":"Cy"}})",
          issuer, now + 300, now, nonce_, proven_));
      return net::HttpResponse{200, {}, fmt::format(R"({{"access_token":"at","id_token":"{}"}})", token)};
    };
    return {get, post};
  }
  static std::string discovery() {
    return fmt::format(
        R"({{"issuer":"{0}","authorization_endpoint":"{0}/auth","token_endpoint":"{0}/token","jwks_uri":"{0}/keys"}})",
        issuer);
  }
  static people::OidcProvider settings() {
    people::OidcProvider out;
    out.name = "Example";
    out.issuer = issuer;
    out.client_id = "green";
    return out;
  }

  // To the provider and back with a code.
  Answer go_and_come_back(std::string_view query = "") {
    const Answer there = call("GET", fmt::format("/api/v1/sign-in/oidc{}", query));
    EXPECT_EQ(there.status, 302);
    const std::string url = there.header("Location");
    const auto asked = std::string_view(url).substr(url.find('?') + 1);
    EXPECT_EQ(net::find_query_parameter(asked, "redirect_uri"), "https://studio.test/api/v1/sign-in/oidc/callback");
    nonce_ = net::find_query_parameter(asked, "nonce").value_or("");
    const auto cookie = there.header("Set-Cookie");
    EXPECT_NE(cookie.find("; Path=/api/v1/sign-in; Max-Age=600; HttpOnly; SameSite=Lax"), std::string::npos) << cookie;
    back_ = "/api/v1/sign-in/oidc/callback?code=c&state=" + net::find_query_parameter(asked, "state").value_or("");
    return send("GET", back_, "", {{"Cookie", sign_in_cookie_ = cookie.substr(0, cookie.find(';'))}});
  }

  people::TestProviderKey signer_{"ES256"};
  std::string nonce_;
  std::string back_;
  std::string sign_in_cookie_;
  bool proven_ = true;
  bool away_ = false;
  people::OidcClient client_{settings(), {base::Bytes(32, 7), calls(), rng_, log_}};
};

TEST_F(SignIn, ProvidersAreListed) {
  EXPECT_EQ(call("GET", "/api/v1/sign-in/providers").body, R"({"items":[{"id":"oidc","name":"Example"}]})");
  EXPECT_EQ(call("GET", "/api/v1/sign-in/other").status, 404);
  EXPECT_EQ(call("GET", "/api/v1/sign-in/other/callback").status, 404);
}

TEST_F(SignIn, TheWayThereAndBackMakesAnAccountAndSignsIn) {
  const Answer back = go_and_come_back("?next=%2Fsessions%2F1");
  ASSERT_EQ(back.status, 302);
  EXPECT_EQ(back.header("Location"), "/sessions/1");
  EXPECT_EQ(back.header("Cache-Control"), "no-store");
  const auto access = cookie_of(back, access_cookie_name);
  ASSERT_FALSE(access.empty());
  const Answer me = send("GET", "/api/v1/me", "", {{"Cookie", fmt::format("{}={}", access_cookie_name, access)}});
  EXPECT_EQ(me.at("/user/email"), "cy@example.org");
  EXPECT_EQ(me.at("/user/emailVerified"), "true");
  const Answer again = send("GET", back_, "", {{"Cookie", sign_in_cookie_}});
  EXPECT_TRUE(again.header("Location").starts_with("/login?error=")) << "once";
  EXPECT_TRUE(cookie_of(again, access_cookie_name).empty());
}

TEST_F(SignIn, WhatGoesWrongLeadsBackToTheSignInPage) {
  EXPECT_TRUE(
      call("GET", "/api/v1/sign-in/oidc/callback?code=c&state=s").header("Location").starts_with("/login?error="));
  proven_ = false;
  const Answer back = go_and_come_back();
  EXPECT_TRUE(back.header("Location").starts_with("/login?error=the%20provider%20does%20not%20say"));
  EXPECT_TRUE(cookie_of(back, access_cookie_name).empty());
  away_ = true;
  now_ += people::oidc_metadata_life;
  people::OidcClient cold(settings(), {base::Bytes(32, 7), calls(), rng_, log_});
  auto deps = make_deps();
  deps.providers = {&cold};
  deps.public_url = [] { return std::string(); };
  handler_ = make_http_handler(std::move(deps));
  EXPECT_TRUE(call("GET", "/api/v1/sign-in/oidc").header("Location").starts_with("/login?error=the%20provider%20does"));
}

}  // namespace
}  // namespace greenroom::api
