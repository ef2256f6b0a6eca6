// The cookie that stands for a login: opaque, out of reach of scripts, not sent along from other sites' forms.
#pragma once
#include "api/rest/rest.hpp"
#include "studio/studio.hpp"

namespace greenroom::api {

void set_login_cookie(Context& context, bool https, const studio::SignedIn& signed_in);
void clear_login_cookie(Context& context, bool https);

}  // namespace greenroom::api
