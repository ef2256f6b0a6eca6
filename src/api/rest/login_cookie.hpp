// The cookie that stands for a login: opaque, out of reach of scripts, not sent along from other sites' forms.
#pragma once
#include "api/rest/rest.hpp"
#include "people/people.hpp"

namespace greenroom::api {

void set_login_cookie(Context& context, bool https, const people::SignedIn& signed_in);
void clear_login_cookie(Context& context, bool https);

people::Visit visit_of(const net::Request& request);

}  // namespace greenroom::api
