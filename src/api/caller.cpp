#include "api/caller.hpp"

#include "api/client_address.hpp"

namespace greenroom::api {

std::string caller_of(const studio::Actor& actor, const net::Request& request) {
  if (const auto* user = std::get_if<studio::UserActor>(&actor)) return "user:" + user->user.str();
  if (const auto* guest = std::get_if<studio::ParticipantActor>(&actor))
    return "participant:" + guest->participant.str();
  return "address:" + client_address(request);
}

}  // namespace greenroom::api
