// Cross-site request forgery: a page of another site must not act with the login cookie of this one. SameSite keeps the
// cookie at home already; this refuses what gets past it (pages of a sibling domain, old browsers). Pure.
#pragma once
#include <span>
#include <string>

#include "net/http.hpp"

namespace greenroom::api {

// A request that changes something, with our cookie and no Authorization field (which no page can add to a plain form,
// and no foreign script without our leave), sent by a page that is neither ours nor of an allowed origin. Programs that
// are no browser send neither Origin nor Sec-Fetch-Site, and pass.
bool is_forged_write(const net::Request& request, std::span<const std::string> allowed_origins);

}  // namespace greenroom::api
