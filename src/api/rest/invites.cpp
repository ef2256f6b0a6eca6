// Invitations: what is behind a guest link, and coming in by it with nothing but a name.
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

Routes invite_routes(const ApiDeps* deps) {
  Routes routes;
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
