// Signing in with an account elsewhere. A person's browser goes there and comes back, so the answers are redirects:
// into the application when it went well, to its sign-in page with a sentence when it did not.
#include "api/rest/login_cookie.hpp"
#include "net/http_client.hpp"
#include "net/query.hpp"
#include "people/oidc.hpp"

namespace greenroom::api {

struct ProviderBrief {
  std::string id;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(ProviderBrief, (), (id, name))
struct ProviderList {
  std::vector<ProviderBrief> items;
};
BOOST_DESCRIBE_STRUCT(ProviderList, (), (items))

namespace {

constexpr std::string_view routes_path = "/api/v1/sign-in";
constexpr std::string_view cookie_prefix = "greenroom_sign_in_";

people::OidcClient* find_provider(const ApiDeps& deps, const Context& context) {
  const auto id = context.path_value("provider");
  for (auto* client : deps.providers) {
    if (client->provider().id == id) return client;
  }
  return nullptr;
}

net::Response no_such_provider(const Context& context) {
  return problem_response({people::error_not_found, "there is no such provider", {}}, context.request.request_id);
}

net::Response redirect(Context& context, std::string to) {
  net::Response response;
  response.status = 302;
  response.headers = std::move(context.headers);
  response.headers.set("Location", std::move(to));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

net::Response back_to_sign_in(Context& context, const base::Error& error) {
  if (context.log)
    context.log->warning("sign_in.failed",
                         {{"code", error.code.name}, {"error", error.what}, {"context", error.context}});
  return redirect(context, "/login?" + net::form_text({{"error", error.what}}));
}

// Lax, not Strict: the way back comes from the provider's site.
void set_sign_in_cookie(Context& context, const ApiDeps& deps, std::string_view provider, std::string_view value) {
  const bool https = deps.https || context.request.headers.find("X-Forwarded-Proto") == "https";
  const auto life = std::chrono::duration_cast<std::chrono::seconds>(people::oidc_cookie_life).count();
  context.headers.add("Set-Cookie",
                      fmt::format("{}{}={}; Path={}; Max-Age={}; HttpOnly; SameSite=Lax{}", cookie_prefix, provider,
                                  value, routes_path, value.empty() ? 0 : life, https ? "; Secure" : ""));
}

std::string redirect_uri(const ApiDeps& deps, const people::OidcClient& client) {
  return fmt::format("{}{}/{}/callback", deps.public_url(), routes_path, client.provider().id);
}

std::string parameter(const Context& context, std::string_view name) {
  return net::query_parameter(context.request, name).value_or("");
}

base::Result<ProviderList> list_providers(const ApiDeps* deps) {
  ProviderList list;
  for (const auto* client : deps->providers) list.items.push_back({client->provider().id, client->provider().name});
  return list;
}

net::Response go_there(const ApiDeps* deps, Context& context) {
  auto* client = find_provider(*deps, context);
  if (!client) return no_such_provider(context);
  const auto start = client->start(redirect_uri(*deps, *client), parameter(context, "next"), context.now);
  if (!start) return back_to_sign_in(context, start.error());
  set_sign_in_cookie(context, *deps, client->provider().id, start->cookie);
  return redirect(context, start->url);
}

net::Response come_back(const ApiDeps* deps, Context& context) {
  auto* client = find_provider(*deps, context);
  if (!client) return no_such_provider(context);
  const auto& id = client->provider().id;
  const auto cookie = net::cookie(context.request, fmt::format("{}{}", cookie_prefix, id)).value_or("");
  const people::OidcCallback callback{parameter(context, "code"), parameter(context, "state"),
                                      parameter(context, "iss"), parameter(context, "error")};
  const auto finished = client->finish(cookie, callback, redirect_uri(*deps, *client), context.now);
  if (!finished) return back_to_sign_in(context, finished.error());
  const auto entered = deps->people.sign_in_with(finished->claims, visit_of(context.request));
  set_sign_in_cookie(context, *deps, id, "");
  if (!entered) return back_to_sign_in(context, entered.error());
  if (!entered->in) return redirect(context, "/magic?" + net::form_text({{"token", entered->link_token}}));
  set_login_cookies(context, *deps, entered->in->tokens);
  return redirect(context, finished->return_path);
}

Operation navigation(std::string pattern, std::string id, std::string summary) {
  return {.method = "GET",
          .pattern = std::string(routes_path) + std::move(pattern),
          .id = std::move(id),
          .tag = "login",
          .summary = std::move(summary),
          .auth = Auth::nobody,
          .status = 302,
          .answers = "",
          .secret = true,
          .burst = 20};
}

}  // namespace

Routes sign_in_routes(const ApiDeps* deps) {
  Routes routes;
  routes.push_back(route(Operation{.method = "GET",
                                   .pattern = "/api/v1/sign-in/providers",
                                   .id = "listProviders",
                                   .tag = "login",
                                   .summary = "Whose accounts one can sign in with",
                                   .auth = Auth::nobody},
                         [deps](Context&, Nothing) { return list_providers(deps); }));
  routes.push_back(raw_route(
      navigation("/{provider}", "signInElsewhere", "A browser's way to a provider; `next` is the page to come back to"),
      [deps](Context& context) { return go_there(deps, context); }));
  routes.push_back(raw_route(
      navigation("/{provider}/callback", "comeBackFromProvider", "A browser's way back from a provider, signed in"),
      [deps](Context& context) { return come_back(deps, context); }));
  return routes;
}

}  // namespace greenroom::api
