#include "studio/session_rules.hpp"

#include <algorithm>

namespace greenroom::studio {

namespace {

// When the meeting that was planned is over, or when the session came into its state if that is later.
base::WallTime planned_end(const SessionFacts& session) {
  if (!session.scheduled_at) return session.since;
  return std::max(session.since, *session.scheduled_at + std::chrono::minutes(session.length_minutes.value_or(0)));
}

SessionStep until(base::WallTime deadline, base::WallTime now) {
  if (now >= deadline) return {true, std::nullopt};
  return {false, deadline};
}

}  // namespace

SessionState session_state(std::span<const TakeState> takes, bool entered, bool ended) {
  const auto any = [&](TakeState state) { return std::find(takes.begin(), takes.end(), state) != takes.end(); };
  if (any(TakeState::recording)) return SessionState::live;
  if (any(TakeState::uploading)) return SessionState::uploading;
  if (any(TakeState::processing)) return SessionState::processing;
  if (any(TakeState::ready)) return SessionState::ready;
  if (any(TakeState::failed)) return SessionState::failed;
  if (ended) return entered ? SessionState::ended : SessionState::cancelled;
  return entered ? SessionState::live : SessionState::scheduled;
}

SessionStep session_step(const SessionFacts& session, base::WallTime now, const StudioLimits& limits) {
  switch (session.state) {
    case SessionState::scheduled:
      return until(planned_end(session) + (session.scheduled_at ? limits.scheduled_deadline : limits.undated_deadline),
                   now);
    case SessionState::live:
      if (session.recording || session.anyone_present) return {false, now + limits.presence_look};
      return until(std::max(planned_end(session), session.last_presence) + limits.live_deadline, now);
    case SessionState::uploading:   // the take's deadlines lead out of these
    case SessionState::processing:  //
    case SessionState::ended:       // these are ends: out of them leads what somebody does
    case SessionState::cancelled:
    case SessionState::ready:
    case SessionState::failed:
      return {};
  }
  return {};
}

bool may_reschedule(SessionState state) { return state == SessionState::scheduled || state == SessionState::cancelled; }

WorkspaceRights rights_of(WorkspaceRole role) {
  if (role == WorkspaceRole::member) return {false, Role::viewer, {Permission::see_results}};
  return {true, Role::host, Permissions::all()};
}

Role role_when_joining(WorkspaceRole role) { return role == WorkspaceRole::member ? Role::speaker : Role::host; }

bool may_govern(Role rank, Role role) { return rank <= role; }

std::uint32_t default_participants_max(SessionKind kind) { return kind == SessionKind::class_ ? 300 : 10; }

ParticipantState state_on_arrival(bool lobby, Role role) {
  return lobby && role > Role::cohost ? ParticipantState::waiting : ParticipantState::admitted;
}

InviteVerdict judge(const InviteFacts& invite, base::WallTime now) {
  if (invite.expires_at && now >= *invite.expires_at) return InviteVerdict::expired;
  if (invite.uses_max && invite.uses >= *invite.uses_max) return InviteVerdict::used_up;
  return InviteVerdict::good;
}

bool gave_up_waiting(bool present, base::WallTime last_seen, base::WallTime now, const StudioLimits& limits) {
  return !present && now - last_seen >= limits.lobby_deadline;
}

}  // namespace greenroom::studio
