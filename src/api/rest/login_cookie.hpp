// The cookies that carry a login in a browser. Out of reach of scripts; the access token goes along with every request
// of our own pages, the refresh token only to where tokens are refreshed and never from other sites. Both live as long
// as the login: the access token's own end is inside it.
#pragma once
#include "api/rest/rest.hpp"
#include "people/people.hpp"

namespace greenroom::api {

inline constexpr std::string_view refresh_cookie_name = "greenroom_refresh";

void set_login_cookies(Context& context, const ApiDeps& deps, const people::Tokens& tokens);
void clear_login_cookies(Context& context, const ApiDeps& deps);

people::Visit visit_of(const net::Request& request);

}  // namespace greenroom::api
