// What goes by mail: new accounts, forgotten passwords, sign-in links. Every answer to an address is the same, whether
// or not somebody has it.
#include "api/rest/login_cookie.hpp"

namespace greenroom::api {

struct RegistrationState {
  bool open = false;
};
BOOST_DESCRIBE_STRUCT(RegistrationState, (), (open))

struct MailTo {
  std::string email;
};
BOOST_DESCRIBE_STRUCT(MailTo, (), (email))
constexpr wire::FieldRule field_rule(const MailTo*, std::string_view) { return people::email_rule(); }

struct LinkToken {
  std::string token;
};
BOOST_DESCRIBE_STRUCT(LinkToken, (), (token))
constexpr wire::FieldRule field_rule(const LinkToken*, std::string_view) { return people::secret_rule(); }

struct NewPassword {
  std::string token;
  std::string password;
  std::optional<std::string> code;  // with a second factor on
};
BOOST_DESCRIBE_STRUCT(NewPassword, (), (token, password, code))
constexpr wire::FieldRule field_rule(const NewPassword*, std::string_view member) {
  return member == "password" ? people::new_password_rule() : people::secret_rule();
}

struct MagicRedemption {
  std::string token;
  std::optional<std::string> code;  // with a second factor on
};
BOOST_DESCRIBE_STRUCT(MagicRedemption, (), (token, code))
constexpr wire::FieldRule field_rule(const MagicRedemption*, std::string_view) { return people::secret_rule(); }

struct Posted {};  // 202: what there is to know comes by mail
BOOST_DESCRIBE_STRUCT(Posted, (), ())

namespace {

base::Result<Posted> posted(base::Status status) {
  GREENROOM_CHECK_OK(std::move(status));
  return Posted();
}

base::Result<people::Account> enter(const ApiDeps* deps, Context& context, base::Result<people::SignedIn> signed_in) {
  if (!signed_in) return tl::unexpected(signed_in.error());
  set_login_cookies(context, *deps, signed_in->tokens);
  return signed_in->account;
}

constexpr Resource registration{"registration", "/api/v1", Auth::nobody};

Operation asking(std::string_view rest, std::string id, std::string summary, int status, int burst) {
  Operation about = registration.operation("POST", rest, std::move(id), std::move(summary));
  about.status = status;
  about.secret = status == 200;  // it signs in
  about.burst = burst;
  return about;
}

void add_registering(Routes& routes, const ApiDeps* deps) {
  Operation state = asking("/register", "getRegistration", "May people register themselves here?", 200, 0);
  state.method = "GET";
  routes.push_back(route(state, [deps](Context&, Nothing) -> base::Result<RegistrationState> {
    return RegistrationState{deps->people.registration_open()};
  }));
  routes.push_back(
      route(asking("/register", "register", "Ask for an account: it is made when the mailed link is followed", 202, 10),
            [deps](Context& context, people::NewAccount in) {
              return posted(deps->people.register_account(in, visit_of(context.request)));
            }));
  routes.push_back(route(asking("/email/verification", "sendVerificationAgain",
                                "Ask for a registration's mail once more, with a new link", 202, 10),
                         [deps](Context& context, MailTo in) {
                           return posted(deps->people.send_verification_again(in.email, visit_of(context.request)));
                         }));
  routes.push_back(route(asking("/email/verify", "verifyEmail", "Follow a registration's link, and sign in", 200, 20),
                         [deps](Context& context, LinkToken in) {
                           return enter(deps, context, deps->people.verify_email(in.token, visit_of(context.request)));
                         }));
}

void add_password(Routes& routes, const ApiDeps* deps) {
  routes.push_back(route(asking("/password/forgot", "forgotPassword", "Ask for a link to a new password", 202, 10),
                         [deps](Context& context, MailTo in) {
                           return posted(deps->people.forgot_password(in.email, visit_of(context.request)));
                         }));
  routes.push_back(route(asking("/password/reset", "resetPassword",
                                "Set a new password by a mailed link, and sign in; other logins end", 200, 20),
                         [deps](Context& context, NewPassword in) {
                           return enter(
                               deps, context,
                               deps->people.reset_password(in.token, in.password, in.code, visit_of(context.request)));
                         }));
}

void add_magic_link(Routes& routes, const ApiDeps* deps) {
  routes.push_back(route(asking("/magic-link", "sendMagicLink", "Ask for a link that signs in", 202, 10),
                         [deps](Context& context, MailTo in) {
                           return posted(deps->people.send_magic_link(in.email, visit_of(context.request)));
                         }));
  routes.push_back(route(asking("/magic-link/redeem", "redeemMagicLink", "Sign in by a mailed link", 200, 20),
                         [deps](Context& context, MagicRedemption in) {
                           return enter(deps, context,
                                        deps->people.redeem_magic_link(in.token, in.code, visit_of(context.request)));
                         }));
}

}  // namespace

Routes registration_routes(const ApiDeps* deps) {
  Routes routes;
  add_registering(routes, deps);
  add_password(routes, deps);
  add_magic_link(routes, deps);
  return routes;
}

}  // namespace greenroom::api
