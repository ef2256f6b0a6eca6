// Who sent a request: its login cookie or its participant token, whichever the route asks for.
#pragma once
#include "api/api.hpp"
#include "api/route.hpp"

namespace greenroom::api {

// Blocks (SQL). An error when what the route asks for is missing or does not hold.
base::Result<studio::Actor> identify(const ApiDeps& deps, Auth auth, const net::Request& request);

}  // namespace greenroom::api
