// The address that limits count by. A proxy on this machine tells us the client's in X-Forwarded-For (its last entry,
// the one that proxy wrote itself); from anyone else that field is only a claim.
#pragma once
#include <string>

#include "net/http.hpp"

namespace greenroom::api {

std::string client_address(const net::Request& request);

}  // namespace greenroom::api
