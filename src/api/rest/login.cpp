// Signing in and out: in a browser the login is cookies, for others a pair of tokens.
#include "api/identify.hpp"
#include "api/rest/login_cookie.hpp"

namespace greenroom::api {

// For programs both tokens; for a browser, whose tokens are cookies, only how long the access token holds.
struct TokenAnswer {
  std::optional<std::string> access_token;
  std::optional<std::string> refresh_token;
  std::int64_t expires_in = 0;  // seconds, of the access token
};
BOOST_DESCRIBE_STRUCT(TokenAnswer, (), (access_token, refresh_token, expires_in))

struct RefreshBody {
  std::optional<std::string> refresh_token;  // none: the cookie
};
BOOST_DESCRIBE_STRUCT(RefreshBody, (), (refresh_token))
constexpr wire::FieldRule field_rule(const RefreshBody*, std::string_view) { return people::secret_rule(); }

namespace {

std::int64_t seconds(base::Duration d) { return std::chrono::duration_cast<std::chrono::seconds>(d).count(); }

TokenAnswer shown(const people::Tokens& tokens) { return {tokens.access, tokens.refresh, seconds(tokens.access_life)}; }

base::Result<people::Account> log_in(const ApiDeps* deps, Context& context, const people::Credentials& credentials) {
  GREENROOM_TRY(auto signed_in, deps->people.login(credentials, visit_of(context.request)));
  set_login_cookies(context, *deps, signed_in.tokens);
  return signed_in.account;
}

base::Result<Nothing> log_out(const ApiDeps* deps, Context& context) {
  auto access = net::cookie(context.request, access_cookie_name);
  if (const auto bearer = bearer_token(context.request)) access = std::string(*bearer);
  if (access) GREENROOM_CHECK_OK(deps->people.logout(*access));
  clear_login_cookies(context, *deps);
  return Nothing();
}

base::Result<TokenAnswer> make_tokens(const ApiDeps* deps, Context& context, const people::Credentials& credentials) {
  GREENROOM_TRY(auto signed_in, deps->people.login(credentials, visit_of(context.request)));
  return shown(signed_in.tokens);
}

// Answers in the way it was asked.
base::Result<TokenAnswer> refresh(const ApiDeps* deps, Context& context, const RefreshBody& in) {
  const people::Visit visit = visit_of(context.request);
  if (in.refresh_token) return deps->people.refresh(*in.refresh_token, visit).map(shown);
  const auto cookie = net::cookie(context.request, refresh_cookie_name);
  if (!cookie) return base::fail(people::error_sign_in, "sign in first");
  auto tokens = deps->people.refresh(*cookie, visit);
  if (!tokens && tokens.error().code == people::error_sign_in) clear_login_cookies(context, *deps);
  if (!tokens) return tl::unexpected(tokens.error());
  set_login_cookies(context, *deps, *tokens);
  return TokenAnswer{{}, {}, seconds(tokens->access_life)};
}

}  // namespace

Routes login_routes(const ApiDeps* deps) {
  Routes routes;
  routes.push_back(route(Operation{.method = "POST",
                                   .pattern = "/api/v1/login",
                                   .id = "logIn",
                                   .tag = "login",
                                   .summary = "Sign in; the answer sets the login's cookies",
                                   .auth = Auth::nobody,
                                   .secret = true,
                                   .burst = 20},
                         [deps](Context& context, people::Credentials in) { return log_in(deps, context, in); }));
  routes.push_back(route(Operation{.method = "POST",
                                   .pattern = "/api/v1/logout",
                                   .id = "logOut",
                                   .tag = "login",
                                   .summary = "End this login",
                                   .auth = Auth::nobody},
                         [deps](Context& context, Nothing) { return log_out(deps, context); }));
  routes.push_back(route(Operation{.method = "POST",
                                   .pattern = "/api/v1/tokens",
                                   .id = "createTokens",
                                   .tag = "login",
                                   .summary = "Sign in without cookies: an access token and a refresh token",
                                   .auth = Auth::nobody,
                                   .secret = true,
                                   .burst = 20},
                         [deps](Context& context, people::Credentials in) { return make_tokens(deps, context, in); }));
  routes.push_back(route(Operation{.method = "POST",
                                   .pattern = "/api/v1/tokens/refresh",
                                   .id = "refreshTokens",
                                   .tag = "login",
                                   .summary = "New tokens for a refresh token, which is used up; in the way it came",
                                   .auth = Auth::nobody,
                                   .secret = true,
                                   .burst = 60},
                         [deps](Context& context, RefreshBody in) { return refresh(deps, context, in); }));
  return routes;
}

}  // namespace greenroom::api
