#include "api/client_address.hpp"

namespace greenroom::api {

std::string client_address(const net::Request& request) { return request.remote; }

}  // namespace greenroom::api
