// The OpenAPI 3.1 document of a list of routes: what the handlers' types say, and nothing by hand.
#pragma once
#include <span>

#include "api/route.hpp"

namespace greenroom::api {

boost::json::object describe_routes(std::span<const Route> routes);

}  // namespace greenroom::api
