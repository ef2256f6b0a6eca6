// Which pages of other sites may talk to the realtime server (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol),
// and whether a request comes from a page of our own site, so that its cookie means that its person wanted it. Pure.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "net/http.hpp"

namespace greenroom::api::realtime {

// True without an Origin (no browser, or a same-origin GET), or where its host is the one asked for; the port does not
// matter, as for SameSite.
bool is_same_site(const net::Request& request);

// Adds Access-Control-* where the origin is allowed. `allowed` holds whole origins, or "*".
void add_cors(const net::Request& request, std::span<const std::string> allowed, net::Headers& headers);

}  // namespace greenroom::api::realtime
