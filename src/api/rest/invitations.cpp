// Invitations to a workspace, by mail. (Those to a session are invites.)
#include "api/identify.hpp"
#include "api/rest/login_cookie.hpp"

namespace greenroom::api {

struct NewInvitation {
  std::string email;
  people::WorkspaceRole role = people::WorkspaceRole::member;
};
BOOST_DESCRIBE_STRUCT(NewInvitation, (), (email, role))
constexpr wire::FieldRule field_rule(const NewInvitation*, std::string_view member) {
  return member == "email" ? people::email_rule() : wire::FieldRule();
}

struct InvitationList {
  std::vector<people::Invitation> items;
};
BOOST_DESCRIBE_STRUCT(InvitationList, (), (items))

struct InvitationPath {
  people::InvitationId id;
};
BOOST_DESCRIBE_STRUCT(InvitationPath, (), (id))

struct InvitationToken {
  std::string token;
};
BOOST_DESCRIBE_STRUCT(InvitationToken, (), (token))
constexpr wire::FieldRule field_rule(const InvitationToken*, std::string_view) { return people::secret_rule(); }

struct InvitationAcceptance {
  std::string token;
  std::optional<std::string> name;      // to make an account
  std::optional<std::string> password;  //
};
BOOST_DESCRIBE_STRUCT(InvitationAcceptance, (), (token, name, password))
constexpr wire::FieldRule field_rule(const InvitationAcceptance*, std::string_view member) {
  if (member == "token") return people::secret_rule();
  return member == "name" ? people::name_rule() : people::new_password_rule();
}

namespace {

constexpr Resource invitations{"invitations", "/api/v1"};

// Signed in: with that account. Otherwise name and password make one.
base::Result<people::Account> accept(const ApiDeps* deps, Context& context, const InvitationAcceptance& in) {
  if (const auto actor = identify(*deps, Auth::user, context.request)) {
    return deps->people.accept_invitation(std::get<people::UserActor>(*actor), in.token);
  }
  GREENROOM_TRY(auto signed_in, deps->people.accept_invitation(in.token, in.name.value_or(""), in.password.value_or(""),
                                                               visit_of(context.request)));
  set_login_cookies(context, *deps, signed_in.tokens);
  return signed_in.account;
}

void add_managing(Routes& routes, const ApiDeps* deps) {
  routes.push_back(
      route(invitations.operation("GET", "/workspace/invitations", "listInvitations", "Invitations that stand open"),
            [deps](Context& context, Nothing) -> base::Result<InvitationList> {
              GREENROOM_TRY(auto items, deps->people.invitations(context.user()));
              return InvitationList{std::move(items)};
            }));
  Operation create =
      invitations.operation("POST", "/workspace/invitations", "createInvitation", "Invite somebody by mail");
  create.status = 201;
  create.burst = 60;
  routes.push_back(route(create, [deps](Context& context, NewInvitation in) {
    auto made = deps->people.invite(context.user(), in.email, in.role);
    if (made) context.headers.set("Location", "/api/v1/workspace/invitations/" + made->id.str());
    return made;
  }));
  routes.push_back(route(
      invitations.operation("DELETE", "/workspace/invitations/{id}", "withdrawInvitation", "Withdraw an invitation"),
      [deps](Context& context, InvitationPath in) -> base::Result<Nothing> {
        GREENROOM_CHECK_OK(deps->people.withdraw_invitation(context.user(), in.id));
        return Nothing();
      }));
}

}  // namespace

Routes invitation_routes(const ApiDeps* deps) {
  Routes routes;
  add_managing(routes, deps);
  Operation show =
      invitations.operation("GET", "/invitations/{token}", "getInvitation", "What a mailed invitation leads to");
  show.auth = Auth::nobody;
  routes.push_back(route(show, [deps](Context&, InvitationToken in) { return deps->people.invitation(in.token); }));
  Operation take = invitations.operation("POST", "/invitations/{token}/accept", "acceptInvitation",
                                         "Join the workspace: signed in, or with a new account's name and password");
  take.auth = Auth::nobody;
  take.secret = true;
  take.burst = 20;
  routes.push_back(
      route(take, [deps](Context& context, InvitationAcceptance in) { return accept(deps, context, in); }));
  return routes;
}

}  // namespace greenroom::api
