// Who sent a request: its login cookie or its participant token, whichever the route asks for.
#pragma once
#include "api/route.hpp"
#include "studio/studio.hpp"

namespace greenroom::api {

// Blocks (SQL). An error when what the route asks for is missing or does not hold.
base::Result<studio::Actor> identify(studio::Studio& studio, Auth auth, const net::Request& request);

}  // namespace greenroom::api
