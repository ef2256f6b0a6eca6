#include "api/identify.hpp"

#include "api/client_address.hpp"
#include "api/rest/rest.hpp"
#include "base/text.hpp"
#include "people/people.hpp"
#include "studio/studio.hpp"

namespace greenroom::api {
namespace {

constexpr std::string_view key_prefix = "gr_";

using Found = base::Result<people::UserActor>;

Found holder_of_key(const ApiDeps& deps, std::string_view key, std::string_view scope) {
  GREENROOM_TRY(auto actor, deps.people.user_of_key(key));
  if (scope.empty()) return base::fail(people::error_scope, "this is not for API keys: sign in");
  if (actor.scopes && actor.scopes->has(scope)) return actor;
  return base::fail(people::error_scope, fmt::format("this API key is not allowed {}", scope));
}

Found user_of(const ApiDeps& deps, const net::Request& request, std::string_view scope) {
  if (const auto token = bearer_token(request)) {
    return token->starts_with(key_prefix) ? holder_of_key(deps, *token, scope) : deps.people.user_of(*token);
  }
  const auto cookie = net::cookie(request, access_cookie_name);
  if (!cookie) return base::fail(people::error_sign_in, "sign in first");
  return deps.people.user_of(*cookie);
}

base::Result<studio::Actor> user_actor(const ApiDeps& deps, const net::Request& request, std::string_view scope) {
  GREENROOM_TRY(auto user, user_of(deps, request, scope));
  user.address = client_address(request);
  return user;
}

}  // namespace

std::optional<std::string_view> bearer_token(const net::Request& request) {
  constexpr std::string_view scheme = "bearer ";
  const auto value = request.headers.find("Authorization");
  if (!value || value->size() <= scheme.size()) return std::nullopt;
  if (!base::equal_without_case(value->substr(0, scheme.size()), scheme)) return std::nullopt;
  return value->substr(scheme.size());
}

base::Result<studio::Actor> identify(const ApiDeps& deps, Auth auth, const net::Request& request,
                                     std::string_view scope) {
  if (auth == Auth::nobody) return studio::Actor(studio::Nobody());
  if (auth == Auth::user) return user_actor(deps, request, scope);
  const auto token = bearer_token(request);
  if (auth == Auth::participant) {
    if (token) return deps.studio.participant_of(*token);
    return base::fail(people::error_sign_in, "send the participant token as Authorization: Bearer");
  }
  // Tokens of people and of participants are signed with different keys: each is good for its own only.
  auto user = user_actor(deps, request, scope);
  if (user || !token || user.error().code != people::error_sign_in) return user;
  return deps.studio.participant_of(*token);
}

}  // namespace greenroom::api
