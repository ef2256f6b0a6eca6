// The address that limits count by. The HTTP server has already looked behind the proxies that it trusts
// (net::ServerOptions::trusted_proxies); what anyone else says in X-Forwarded-For is only a claim.
#pragma once
#include <string>

#include "net/http.hpp"

namespace greenroom::api {

std::string client_address(const net::Request& request);

}  // namespace greenroom::api
