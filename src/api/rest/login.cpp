// Signing in and out with e-mail and password; the login is a cookie.
#include "api/rest/login_cookie.hpp"

namespace greenroom::api {

struct Credentials {
  std::string email;
  std::string password;
};
BOOST_DESCRIBE_STRUCT(Credentials, (), (email, password))
constexpr wire::FieldRule field_rule(const Credentials*, std::string_view member) {
  return member == "email" ? wire::text_rule(1, 254, "email") : wire::text_rule(1, 256, "password");
}

namespace {

base::Result<people::Account> log_in(const ApiDeps* deps, Context& context, const Credentials& credentials) {
  GREENROOM_TRY(auto signed_in, deps->people.login(credentials.email, credentials.password, visit_of(context.request)));
  set_login_cookie(context, deps->https, signed_in);
  return signed_in.account;
}

base::Result<Nothing> log_out(const ApiDeps* deps, Context& context) {
  if (auto cookie = net::cookie(context.request, session_cookie_name)) {
    GREENROOM_CHECK_OK(deps->people.logout(*cookie));
  }
  clear_login_cookie(context, deps->https);
  return Nothing();
}

}  // namespace

Routes login_routes(const ApiDeps* deps) {
  Routes routes;
  routes.push_back(route(Operation{.method = "POST",
                                   .pattern = "/api/v1/login",
                                   .id = "logIn",
                                   .tag = "login",
                                   .summary = "Sign in; the answer sets the login cookie",
                                   .auth = Auth::nobody,
                                   .burst = 20},
                         [deps](Context& context, Credentials in) { return log_in(deps, context, in); }));
  routes.push_back(route(Operation{.method = "POST",
                                   .pattern = "/api/v1/logout",
                                   .id = "logOut",
                                   .tag = "login",
                                   .summary = "End this login",
                                   .auth = Auth::nobody},
                         [deps](Context& context, Nothing) { return log_out(deps, context); }));
  routes.push_back(route(Operation{.method = "GET",
                                   .pattern = "/api/v1/me",
                                   .id = "getMe",
                                   .tag = "login",
                                   .summary = "Who is signed in",
                                   .auth = Auth::user},
                         [deps](Context& context, Nothing) { return deps->people.me(context.user()); }));
  return routes;
}

}  // namespace greenroom::api
