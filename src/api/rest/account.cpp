// One's own account: name, password, logins, second factor, a copy of one's data, and the end.
#include "api/rest/login_cookie.hpp"

namespace greenroom::api {

struct AccountChange {
  std::optional<std::string> name;
};
BOOST_DESCRIBE_STRUCT(AccountChange, (), (name))
constexpr wire::FieldRule field_rule(const AccountChange*, std::string_view) { return people::name_rule(); }

struct PasswordChange {
  std::string current;
  std::string new_;
};
BOOST_DESCRIBE_STRUCT(PasswordChange, (), (current, new_))
constexpr wire::FieldRule field_rule(const PasswordChange*, std::string_view member) {
  return member == "current" ? people::secret_rule() : people::new_password_rule();
}

struct Farewell {
  std::optional<std::string> password;  // who has none has to have signed in just now
};
BOOST_DESCRIBE_STRUCT(Farewell, (), (password))
constexpr wire::FieldRule field_rule(const Farewell*, std::string_view) { return wire::text_rule(0, 256, "password"); }

struct LoginList {
  std::vector<people::Login> items;
};
BOOST_DESCRIBE_STRUCT(LoginList, (), (items))

struct LoginPath {
  people::LoginId id;
};
BOOST_DESCRIBE_STRUCT(LoginPath, (), (id))

struct OneTimeCode {
  std::string code;
};
BOOST_DESCRIBE_STRUCT(OneTimeCode, (), (code))
constexpr wire::FieldRule field_rule(const OneTimeCode*, std::string_view) { return wire::text_rule(1, 40); }

namespace {

constexpr Resource account{"account", "/api/v1/me"};

base::Result<Nothing> done(base::Status status) {
  GREENROOM_CHECK_OK(std::move(status));
  return Nothing();
}

net::Response export_person(const ApiDeps* deps, Context& context) {
  auto text = deps->people.export_person(context.user());
  if (!text) return detail::answer_error(context, text.error());
  net::Response response;
  response.headers.set("Content-Type", "application/json");
  response.headers.set("Content-Disposition", "attachment; filename=\"greenroom-account.json\"");
  response.headers.set("Cache-Control", "no-store");
  response.body = *std::move(text);
  return response;
}

void add_account(Routes& routes, const ApiDeps* deps) {
  routes.push_back(route(account.operation("GET", "", "getMe", "Who is signed in"),
                         [deps](Context& context, Nothing) { return deps->people.me(context.user()); }));
  routes.push_back(route(
      account.operation("PATCH", "", "changeMe", "Change one's name"), [deps](Context& context, AccountChange in) {
        return in.name ? deps->people.rename(context.user(), *in.name) : deps->people.me(context.user());
      }));
  Operation erase = account.operation("DELETE", "", "deleteMe", "Erase one's account and all that is only one's own");
  erase.delete_body = true;
  routes.push_back(route(erase, [deps](Context& context, Farewell in) -> base::Result<Nothing> {
    GREENROOM_CHECK_OK(deps->people.erase_person(context.user(), in.password.value_or("")));
    clear_login_cookies(context, *deps);
    return Nothing();
  }));
  routes.push_back(
      route(account.operation("POST", "/password", "changePassword", "Change one's password; other logins end"),
            [deps](Context& context, PasswordChange in) {
              return done(deps->people.change_password(context.user(), in.current, in.new_));
            }));
  routes.push_back(
      raw_route(account.operation("GET", "/export", "exportMe", "All that is known of oneself, in one file"),
                [deps](Context& context) { return export_person(deps, context); }));
}

void add_logins(Routes& routes, const ApiDeps* deps) {
  routes.push_back(
      route(account.operation("GET", "/logins", "listLogins", "Where one is signed in, the last seen first"),
            [deps](Context& context, Nothing) -> base::Result<LoginList> {
              GREENROOM_TRY(auto items, deps->people.logins(context.user()));
              return LoginList{std::move(items)};
            }));
  routes.push_back(
      route(account.operation("DELETE", "/logins/{id}", "endLogin", "Sign out there"),
            [deps](Context& context, LoginPath in) { return done(deps->people.end_login(context.user(), in.id)); }));
}

void add_two_factor(Routes& routes, const ApiDeps* deps) {
  Operation begin = account.operation("POST", "/two-factor", "beginTwoFactor",
                                      "A secret for an authenticator app; on when confirmed");
  begin.secret = true;
  routes.push_back(
      route(begin, [deps](Context& context, Nothing) { return deps->people.begin_two_factor(context.user()); }));
  Operation confirm = account.operation("POST", "/two-factor/confirm", "confirmTwoFactor",
                                        "Turn the second factor on with the app's first code");
  confirm.secret = true;
  routes.push_back(route(confirm, [deps](Context& context, OneTimeCode in) {
    return deps->people.confirm_two_factor(context.user(), in.code);
  }));
  routes.push_back(
      route(account.operation("POST", "/two-factor/remove", "removeTwoFactor", "Turn the second factor off"),
            [deps](Context& context, OneTimeCode in) {
              return done(deps->people.remove_two_factor(context.user(), in.code));
            }));
}

}  // namespace

Routes account_routes(const ApiDeps* deps) {
  Routes routes;
  add_account(routes, deps);
  add_logins(routes, deps);
  add_two_factor(routes, deps);
  return routes;
}

}  // namespace greenroom::api
