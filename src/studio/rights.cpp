#include "studio/detail/core.hpp"

namespace greenroom::studio {

namespace {

tl::unexpected<base::Error> no_session() { return base::fail(error_no_session, "there is no such session"); }

}  // namespace

base::Result<Studio::Core::Access> Studio::Core::access(db::Transaction& tx, const Actor& actor, SessionId id) const {
  if (std::holds_alternative<Nobody>(actor)) return base::fail(error_sign_in, "sign in first");
  GREENROOM_TRY(auto session, sessions::find(tx, id));
  return access_to(actor, std::move(session));
}

base::Result<Studio::Core::Access> Studio::Core::access_to(const Actor& actor, std::optional<SessionRow> session) {
  if (std::holds_alternative<Nobody>(actor)) return base::fail(error_sign_in, "sign in first");
  if (!session) return no_session();
  if (const auto* user = std::get_if<UserActor>(&actor)) {
    if (user->workspace != session->workspace) return no_session();
    const auto rights = rights_of(user->role);
    return Access{*std::move(session), rights.may, rights.rank, rights.edit};
  }
  const auto& participant = std::get<ParticipantActor>(actor);
  if (participant.session != session->id) return no_session();
  if (participant.waiting) return base::fail(error_waiting, "wait until you are let in");
  const auto may = permissions_of(participant.role, session->permissions);
  return Access{*std::move(session), may, participant.role, false};
}

base::Result<Studio::Core::Access> Studio::Core::access(db::Transaction& tx, const Actor& actor, SessionId id,
                                                        Permission needed) const {
  GREENROOM_TRY(auto found, access(tx, actor, id));
  if (!found.may.has(needed)) return base::fail(error_forbidden, std::string(refusal_of(needed)));
  return found;
}

base::Result<Studio::Core::Access> Studio::Core::edit_access(db::Transaction& tx, const Actor& actor, SessionId id,
                                                             std::optional<std::uint64_t> expected_revision) const {
  GREENROOM_TRY(auto found, access(tx, actor, id));
  if (!found.edit) return base::fail(error_forbidden, "only editors of the workspace may do this");
  if (expected_revision && *expected_revision != found.session.revision) {
    return base::fail(error_revision, "somebody has changed this session meanwhile: look at it again");
  }
  return found;
}

base::Result<Studio::Core::TakeAccess> Studio::Core::take_access(db::Transaction& tx, const Actor& actor, TakeId id,
                                                                 std::optional<Permission> needed) const {
  if (std::holds_alternative<Nobody>(actor)) return base::fail(error_sign_in, "sign in first");
  GREENROOM_TRY(auto take, takes::find(tx, id));
  if (!take) return base::fail(error_no_take, "there is no such take");
  auto found = needed ? access(tx, actor, take->session, *needed) : access(tx, actor, take->session);
  if (!found && found.error().code == error_no_session) return base::fail(error_no_take, "there is no such take");
  if (!found) return tl::unexpected(found.error());
  return TakeAccess{*std::move(found), *std::move(take)};
}

base::Result<Studio::Core::ParticipantAccess> Studio::Core::participant_access(db::Transaction& tx, const Actor& actor,
                                                                               SessionId session, ParticipantId id,
                                                                               Permission needed) const {
  GREENROOM_TRY(auto found, access(tx, actor, session, needed));
  GREENROOM_TRY(auto row, participants::find(tx, id));
  if (!row || row->session != session) return base::fail(error_no_participant, "there is no such participant");
  if (!may_govern(found.rank, row->role)) return base::fail(error_forbidden, "their role is above yours");
  return ParticipantAccess{std::move(found), *std::move(row)};
}

base::Status Studio::Core::audit(db::Transaction& tx, const Actor& actor, std::string_view action,
                                 std::string_view subject) const {
  const auto* user = std::get_if<UserActor>(&actor);
  return user ? d.people.audit(tx, *user, action, subject) : base::Status{};
}

}  // namespace greenroom::studio
