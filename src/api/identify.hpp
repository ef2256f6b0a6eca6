// Who sent a request: a person by their access token (cookie or Bearer) or API key, or a participant by their token,
// whichever the route asks for.
#pragma once
#include "api/api.hpp"
#include "api/route.hpp"

namespace greenroom::api {

std::optional<std::string_view> bearer_token(const net::Request& request);

// Blocks (SQL). An error when what the route asks for is missing or does not hold. An API key must be allowed `scope`;
// where there is none ("") no key will do.
base::Result<studio::Actor> identify(const ApiDeps& deps, Auth auth, const net::Request& request,
                                     std::string_view scope = {});

}  // namespace greenroom::api
