// A fresh installation's first owner, by the one-time link that app prints.
#include "api/rest/login_cookie.hpp"

namespace greenroom::api {

struct SetupState {
  bool needed = false;
};
BOOST_DESCRIBE_STRUCT(SetupState, (), (needed))

namespace {

base::Result<people::Account> set_up(const ApiDeps* deps, Context& context, const people::NewOwner& owner) {
  GREENROOM_TRY(auto signed_in, deps->people.set_up(owner, visit_of(context.request)));
  set_login_cookies(context, *deps, signed_in.tokens);
  return signed_in.account;
}

}  // namespace

Routes setup_routes(const ApiDeps* deps) {
  Routes routes;
  routes.push_back(route(Operation{.method = "GET",
                                   .pattern = "/api/v1/setup",
                                   .id = "getSetup",
                                   .tag = "setup",
                                   .summary = "Does this installation still need its owner?",
                                   .auth = Auth::nobody},
                         [deps](Context&, Nothing) -> base::Result<SetupState> {
                           GREENROOM_TRY(bool needed, deps->people.setup_needed());
                           return SetupState{needed};
                         }));
  routes.push_back(route(Operation{.method = "POST",
                                   .pattern = "/api/v1/setup",
                                   .id = "setUp",
                                   .tag = "setup",
                                   .summary = "Create the owner with the token of the one-time link, and sign in",
                                   .auth = Auth::nobody,
                                   .status = 201,
                                   .secret = true,
                                   .burst = 10},
                         [deps](Context& context, people::NewOwner owner) { return set_up(deps, context, owner); }));
  return routes;
}

}  // namespace greenroom::api
