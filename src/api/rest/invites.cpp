// Invite links: made and revoked by those who may invite; what is behind one, and coming in by it with nothing but a
// name.
#include "api/rest/rest.hpp"
#include "studio/studio.hpp"

namespace greenroom::api {

struct InvitePath {
  std::string token;
};
BOOST_DESCRIBE_STRUCT(InvitePath, (), (token))
constexpr wire::FieldRule field_rule(const InvitePath*, std::string_view) { return wire::text_rule(1, 200); }

struct GuestJoin {
  std::string token;
  std::string name;
  std::optional<std::string> rejoin;  // the participant token of an earlier visit
};
BOOST_DESCRIBE_STRUCT(GuestJoin, (), (token, name, rejoin))
constexpr wire::FieldRule field_rule(const GuestJoin*, std::string_view member) {
  if (member == "name") return wire::text_rule(1, 80);
  return member == "token" ? wire::text_rule(1, 200) : wire::text_rule(0, 4096);
}

struct InviteSession {
  studio::SessionId id;
};
BOOST_DESCRIBE_STRUCT(InviteSession, (), (id))

struct InviteOrder : studio::NewInvite {
  studio::SessionId id;
};
BOOST_DESCRIBE_STRUCT(InviteOrder, (studio::NewInvite), (id))

struct InviteLinkPath {
  studio::SessionId id;
  studio::InviteId invite_id;
};
BOOST_DESCRIBE_STRUCT(InviteLinkPath, (), (id, invite_id))

namespace {

base::Result<Nothing> revoke(const ApiDeps* deps, Context& context, const InviteLinkPath& in) {
  GREENROOM_CHECK_OK(deps->studio.revoke_invite(context.actor, in.id, in.invite_id));
  return Nothing();
}

void add_links(Routes& routes, const ApiDeps* deps) {
  routes.push_back(
      route(Operation{.method = "GET",
                      .pattern = "/api/v1/sessions/{id}/invites",
                      .id = "listInvites",
                      .tag = "invites",
                      .summary = "A session's invite links"},
            [deps](Context& context, InviteSession in) { return deps->studio.invites(context.actor, in.id); }));
  routes.push_back(
      route(Operation{.method = "POST",
                      .pattern = "/api/v1/sessions/{id}/invites",
                      .id = "createInvite",
                      .tag = "invites",
                      .summary = "Make an invite link for a role, with an end and a number of uses if wanted",
                      .status = 201},
            [deps](Context& context, InviteOrder in) { return deps->studio.create_invite(context.actor, in.id, in); }));
  routes.push_back(route(Operation{.method = "DELETE",
                                   .pattern = "/api/v1/sessions/{id}/invites/{inviteId}",
                                   .id = "revokeInvite",
                                   .tag = "invites",
                                   .summary = "Revoke an invite link; who came in by it stays"},
                         [deps](Context& context, InviteLinkPath in) { return revoke(deps, context, in); }));
}

}  // namespace

Routes invite_routes(const ApiDeps* deps) {
  Routes routes;
  add_links(routes, deps);
  routes.push_back(route(Operation{.method = "GET",
                                   .pattern = "/api/v1/invites/{token}",
                                   .id = "getInvite",
                                   .tag = "invites",
                                   .summary = "What a guest link leads to",
                                   .auth = Auth::nobody},
                         [deps](Context&, InvitePath in) { return deps->studio.invite(in.token); }));
  routes.push_back(
      route(Operation{.method = "POST",
                      .pattern = "/api/v1/invites/{token}/join",
                      .id = "joinByInvite",
                      .tag = "invites",
                      .summary = "Join as a guest; with `rejoin`, as the same participant as before",
                      .auth = Auth::nobody,
                      .secret = true,
                      .burst = 120},
            [deps](Context&, GuestJoin in) { return deps->studio.join_invite(in.token, in.name, in.rejoin); }));
  return routes;
}

}  // namespace greenroom::api
