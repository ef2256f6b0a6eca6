// Keys for programs.
#include "api/rest/rest.hpp"
#include "people/people.hpp"
#include "people/scope_json.hpp"

namespace greenroom::api {

struct ApiKeyList {
  std::vector<people::ApiKey> items;
};
BOOST_DESCRIBE_STRUCT(ApiKeyList, (), (items))

struct ApiKeyPath {
  people::ApiKeyId id;
};
BOOST_DESCRIBE_STRUCT(ApiKeyPath, (), (id))

namespace {

base::Result<people::MadeApiKey> create(const ApiDeps* deps, Context& context, const people::NewApiKey& in) {
  GREENROOM_TRY(auto made, deps->people.create_api_key(context.user(), in));
  context.headers.set("Location", "/api/v1/me/api-keys/" + made.id.str());
  return made;
}

}  // namespace

Routes api_key_routes(const ApiDeps* deps) {
  Routes routes;
  routes.push_back(route(Operation{.method = "GET",
                                   .pattern = "/api/v1/me/api-keys",
                                   .id = "listApiKeys",
                                   .tag = "account",
                                   .summary = "One's API keys, without the keys themselves",
                                   .auth = Auth::user},
                         [deps](Context& context, Nothing) -> base::Result<ApiKeyList> {
                           GREENROOM_TRY(auto items, deps->people.api_keys(context.user()));
                           return ApiKeyList{std::move(items)};
                         }));
  routes.push_back(route(Operation{.method = "POST",
                                   .pattern = "/api/v1/me/api-keys",
                                   .id = "createApiKey",
                                   .tag = "account",
                                   .summary = "Make an API key for this workspace; it is shown this once",
                                   .auth = Auth::user,
                                   .status = 201,
                                   .secret = true},
                         [deps](Context& context, people::NewApiKey in) { return create(deps, context, in); }));
  routes.push_back(route(Operation{.method = "DELETE",
                                   .pattern = "/api/v1/me/api-keys/{id}",
                                   .id = "deleteApiKey",
                                   .tag = "account",
                                   .summary = "Delete an API key",
                                   .auth = Auth::user},
                         [deps](Context& context, ApiKeyPath in) -> base::Result<Nothing> {
                           GREENROOM_CHECK_OK(deps->people.delete_api_key(context.user(), in.id));
                           return Nothing();
                         }));
  return routes;
}

}  // namespace greenroom::api
