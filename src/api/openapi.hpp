// The OpenAPI 3.1 document of a list of routes: what the handlers' types say, and nothing by hand.
#pragma once
#include <span>

#include "api/route.hpp"

namespace greenroom::api {

boost::json::object describe_routes(std::span<const Route> routes);

bool is_required(const boost::json::object& schema, std::string_view member);  // of an object of that schema

}  // namespace greenroom::api
