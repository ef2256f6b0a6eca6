// Cross-origin use of the API (WHATWG Fetch). Pages of configured origins may use the login cookie; with none
// configured, or with "*", any page may call with a token, and gets no cookie: credentials are never allowed to "*".
// tus wants its own fields exposed.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "net/http.hpp"

namespace greenroom::api {

void allow_cross_origin(const net::Request& request, std::span<const std::string> origins, net::Headers& headers);
bool is_preflight(const net::Request& request);
void answer_preflight(net::Headers& headers, const std::vector<std::string>& methods);

}  // namespace greenroom::api
