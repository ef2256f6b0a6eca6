// Cross-origin use of the API (WHATWG Fetch): any page may call it with a participant token; none gets this site's
// cookie, since credentials are never allowed. tus wants its own fields exposed.
#pragma once
#include <string>
#include <vector>

#include "net/http.hpp"

namespace greenroom::api {

void allow_cross_origin(net::Headers& headers);
bool is_preflight(const net::Request& request);
void answer_preflight(net::Headers& headers, const std::vector<std::string>& methods);

}  // namespace greenroom::api
