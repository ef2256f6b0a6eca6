// The decisions about sessions and who is in them, pure: values in, a decision out.
//
//   scheduled --enter--> live --end, deadline--> ended --a host comes back--> live
//       |                 |  \--record--> (live) --stop--> uploading --> processing --> ready / failed
//       +--end, deadline--> cancelled --a host comes back, a new date--> scheduled
//   ready, failed --record--> live; a late stem, finish--> processing
//
// With a take, the session is where its takes are (rules.hpp has their deadlines); without one, where its people are.
#pragma once
#include <optional>
#include <span>

#include "studio/session_values.hpp"
#include "studio/studio.hpp"

namespace greenroom::studio {

// --- the session's state ---
// `entered`: somebody has been in the room. `ended`: the session is over. Takes in any order.
SessionState session_state(std::span<const TakeState> takes, bool entered, bool ended);

struct SessionFacts {
  SessionState state = SessionState::scheduled;
  base::WallTime since;  // when it came into this state
  std::optional<base::WallTime> scheduled_at;
  std::optional<std::uint32_t> length_minutes;
  bool recording = false;
  bool anyone_present = false;
  base::WallTime last_presence;  // when the last one left, if nobody is present
};

struct SessionStep {
  bool end = false;                          // a scheduled session is cancelled by it, a live one has ended
  std::optional<base::WallTime> look_again;  // none: nothing happens by time alone
};
SessionStep session_step(const SessionFacts& session, base::WallTime now, const StudioLimits& limits);

// A session that is over takes nobody in and starts no take.
bool may_reschedule(SessionState state);  // its date and kind can still be changed

// --- rights ---
// What people of the workspace may do in its sessions without having joined.
struct WorkspaceRights {
  bool edit = false;  // make, change, delete
  Role rank = Role::viewer;
  Permissions may;
};
WorkspaceRights rights_of(WorkspaceRole role);
Role role_when_joining(WorkspaceRole role);

// May somebody of this rank invite to, give or take that role? (Their own and those below.)
bool may_govern(Role rank, Role role);

// --- coming in ---
std::uint32_t default_participants_max(SessionKind kind);
ParticipantState state_on_arrival(bool lobby, Role role);  // those who govern the lobby need not wait in it

enum class InviteVerdict { good, expired, used_up };
struct InviteFacts {
  std::optional<base::WallTime> expires_at;
  std::uint32_t uses = 0;
  std::optional<std::uint32_t> uses_max;
};
InviteVerdict judge(const InviteFacts& invite, base::WallTime now);

// Somebody who waits and is not there any more is forgotten.
bool gave_up_waiting(bool present, base::WallTime last_seen, base::WallTime now, const StudioLimits& limits);

}  // namespace greenroom::studio
