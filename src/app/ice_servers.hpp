// What clients are told of the STUN and TURN servers. A TURN credential is good for a time and for one person: the user
// name is its end and who it is for, the password a keyed hash of that, which the TURN server makes likewise ("A REST
// API for access to TURN services", draft-uberti-behave-turn-rest-00 §2.2; coturn: use-auth-secret). Pure.
#pragma once
#include <string_view>
#include <vector>

#include "app/config.hpp"
#include "base/time.hpp"
#include "wire/ortc.hpp"

namespace greenroom::app {

std::vector<wire::IceServer> ice_servers_for(const IceServersConfig& config, std::string_view who, base::WallTime now);

}  // namespace greenroom::app
