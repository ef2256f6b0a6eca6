#include "api/identify.hpp"

#include "api/client_address.hpp"
#include "api/rest/rest.hpp"
#include "people/people.hpp"
#include "studio/studio.hpp"

namespace greenroom::api {
namespace {

std::optional<std::string_view> bearer_token(const net::Request& request) {
  constexpr std::string_view scheme = "bearer ";
  const auto value = request.headers.find("Authorization");
  if (!value || value->size() <= scheme.size()) return std::nullopt;
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  if (!std::equal(scheme.begin(), scheme.end(), value->begin(), [&](char b, char a) { return same(a, b); })) {
    return std::nullopt;
  }
  return value->substr(scheme.size());
}

base::Result<studio::Actor> user_of(const ApiDeps& deps, const net::Request& request) {
  const auto cookie = net::cookie(request, session_cookie_name);
  if (!cookie) return base::fail(people::error_sign_in, "sign in first");
  GREENROOM_TRY(auto user, deps.people.user_of(*cookie));
  user.address = client_address(request);
  return user;
}

}  // namespace

base::Result<studio::Actor> identify(const ApiDeps& deps, Auth auth, const net::Request& request) {
  if (auth == Auth::nobody) return studio::Actor(studio::Nobody());
  if (auth == Auth::user) return user_of(deps, request);
  if (const auto token = bearer_token(request)) return deps.studio.participant_of(*token);
  if (auth == Auth::any) return user_of(deps, request);
  return base::fail(people::error_sign_in, "send the participant token as Authorization: Bearer");
}

}  // namespace greenroom::api
