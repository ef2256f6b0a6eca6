#include "app/doorman.hpp"

namespace greenroom::app {
namespace {

using api::realtime::Credentials;
using api::realtime::Identity;

// How things stand with a participant, as the studio has it now.
base::Result<Identity::Participant> standing(studio::Studio& studio, const std::string& participant) {
  GREENROOM_TRY(const auto id, studio::ParticipantId::parse(participant));
  GREENROOM_TRY(const auto now, studio.attendance(id));
  Identity::Participant out{participant, now.session.str(), now.participant.name, now.may, now.waiting};
  if (now.over) out.barred = base::Error{studio::error_over, "this session is over", {}};
  if (now.waiting) out.barred = base::Error{studio::error_waiting, "wait until you are let in", {}};
  return out;
}

base::Result<Identity> identify(const DoormanDependencies& deps, const Credentials& credentials) {
  Identity identity;
  const auto user = credentials.cookie
                        ? deps.people.user_of(*credentials.cookie)
                        : base::Result<people::UserActor>(base::fail(people::error_sign_in, "no cookie"));
  if (user) identity.login = {user->login.str(), user->user.str()};
  if (credentials.token) {
    GREENROOM_TRY(const auto actor, deps.studio.participant_of(*credentials.token));
    const auto participant = std::get<studio::ParticipantActor>(actor).participant.str();
    GREENROOM_TRY(identity.participant, standing(deps.studio, participant));
  } else if (user) {
    identity.user_id = user->user.str();
    identity.workspace_id = user->workspace.str();
  }
  return identity;
}

base::Result<studio::Actor> actor_of(studio::Studio& studio, const Identity& identity) {
  if (identity.participant) {
    GREENROOM_TRY(const auto id, studio::ParticipantId::parse(identity.participant->id));
    GREENROOM_TRY(const auto now, studio.attendance(id));
    return studio::ParticipantActor{id, now.session, now.participant.role, now.waiting};
  }
  if (!identity.user_id || !identity.workspace_id) return studio::Nobody();
  GREENROOM_TRY(const auto user, studio::UserId::parse(*identity.user_id));
  GREENROOM_TRY(const auto workspace, studio::WorkspaceId::parse(*identity.workspace_id));
  return studio::UserActor{user, workspace};
}

base::Status may_follow(studio::Studio& studio, const Identity& identity, const std::string& session) {
  GREENROOM_TRY(const auto id, studio::SessionId::parse(session));
  GREENROOM_TRY(const auto actor, actor_of(studio, identity));
  return studio.may_follow(actor, id);
}

using Presence = base::Status (studio::Studio::*)(studio::ParticipantId);

void tell(const DoormanDependencies& deps, Presence presence, const std::string& participant) {
  const auto id = studio::ParticipantId::parse(participant);
  if (id) deps.facts.give([deps, presence, id = *id] { static_cast<void>((deps.studio.*presence)(id)); });
}

}  // namespace

api::realtime::Doorman make_doorman(DoormanDependencies deps) {
  return {
      .identify = [deps](const Credentials& credentials) { return identify(deps, credentials); },
      .may_follow = [deps](const Identity& identity,
                           const std::string& session) { return may_follow(deps.studio, identity, session); },
      .look_again = [deps](const std::string& participant) { return standing(deps.studio, participant); },
      .is_login = [deps](const std::string& login) -> base::Result<bool> {
        GREENROOM_TRY(const auto id, people::LoginId::parse(login));
        return deps.people.is_login(id);
      },
      .entered = [deps](const std::string& id) { tell(deps, &studio::Studio::entered, id); },
      .left = [deps](const std::string& id) { tell(deps, &studio::Studio::left, id); },
  };
}

}  // namespace greenroom::app
