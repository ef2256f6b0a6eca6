// Who a request is counted for, as one name: "user:<id>", "participant:<id>", or "address:<ip>" for nobody.
#pragma once
#include <string>

#include "net/http.hpp"
#include "studio/values.hpp"

namespace greenroom::api {

std::string caller_of(const studio::Actor& actor, const net::Request& request);

}  // namespace greenroom::api
