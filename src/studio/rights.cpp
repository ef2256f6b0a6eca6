#include "studio/detail/core.hpp"

namespace greenroom::studio {

namespace {

bool is_host(Role role) { return role == Role::host || role == Role::cohost; }

tl::unexpected<base::Error> no_session() { return base::fail(error_no_session, "there is no such session"); }

}  // namespace

base::Result<Studio::Core::Access> Studio::Core::access(db::Transaction& tx, const Actor& actor, SessionId id) const {
  if (std::holds_alternative<Nobody>(actor)) return base::fail(error_sign_in, "sign in first");
  GREENROOM_TRY(auto session, sessions::find(tx, id));
  if (!session) return no_session();
  if (const auto* user = std::get_if<UserActor>(&actor)) {
    if (user->workspace != session->workspace) return no_session();
    return Access{*std::move(session), true};
  }
  const auto& participant = std::get<ParticipantActor>(actor);
  if (participant.session != id) return no_session();
  return Access{*std::move(session), is_host(participant.role)};
}

base::Result<Studio::Core::Access> Studio::Core::host_access(db::Transaction& tx, const Actor& actor,
                                                             SessionId id) const {
  GREENROOM_TRY(auto found, access(tx, actor, id));
  if (!found.host) return base::fail(error_forbidden, "only the session's hosts may do this");
  return found;
}

base::Result<Studio::Core::TakeAccess> Studio::Core::take_access(db::Transaction& tx, const Actor& actor, TakeId id,
                                                                 bool host) const {
  if (std::holds_alternative<Nobody>(actor)) return base::fail(error_sign_in, "sign in first");
  GREENROOM_TRY(auto take, takes::find(tx, id));
  if (!take) return base::fail(error_no_take, "there is no such take");
  auto found = host ? host_access(tx, actor, take->session) : access(tx, actor, take->session);
  if (!found && found.error().code == error_no_session) return base::fail(error_no_take, "there is no such take");
  if (!found) return tl::unexpected(found.error());
  return TakeAccess{*std::move(found), *std::move(take)};
}

}  // namespace greenroom::studio
