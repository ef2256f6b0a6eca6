// What the use cases share: dependencies, derived keys, the checks of rights, and the steps that several of them end
// in. One per Studio; thread-safe as it holds nothing that changes but what was last told of jobs.
#pragma once
#include <algorithm>
#include <map>
#include <mutex>
#include <string>

#include "crypto/hash.hpp"
#include "people/text.hpp"
#include "studio/detail/rows.hpp"
#include "studio/rules.hpp"
#include "studio/session_events.hpp"
#include "studio/session_rules.hpp"
#include "studio/studio.hpp"

namespace greenroom::studio {

struct Studio::Core {
  explicit Core(StudioDependencies deps);

  const StudioDependencies d;
  const crypto::Sha256Digest token_key;  // of participant tokens
  const crypto::Sha256Digest link_key;   // of media links

  std::mutex told_lock;  // of what follows: what publish_job_changes() has told
  base::WallTime told_until;
  std::map<jobs::JobId, base::WallTime> told;

  base::WallTime now() const { return d.clock(); }
  std::string random_text(std::size_t bytes) const;

  // --- rights (rights.cpp) ---
  struct Access {
    SessionRow session;
    Permissions may;
    Role rank = Role::viewer;  // what they may govern: this role and those below
    bool edit = false;         // change and delete the session itself
  };
  // error_no_session also for one of another workspace: its existence is nobody else's business.
  base::Result<Access> access(db::Transaction& tx, const Actor& actor, SessionId id) const;
  static base::Result<Access> access_to(const Actor& actor, std::optional<SessionRow> session);
  base::Result<Access> access(db::Transaction& tx, const Actor& actor, SessionId id, Permission needed) const;
  base::Result<Access> edit_access(db::Transaction& tx, const Actor& actor, SessionId id,
                                   std::optional<std::uint64_t> expected_revision) const;
  struct TakeAccess {
    Access access;
    TakeRow take;
  };
  base::Result<TakeAccess> take_access(db::Transaction& tx, const Actor& actor, TakeId id,
                                       std::optional<Permission> needed) const;
  struct ParticipantAccess {
    Access access;
    ParticipantRow participant;
  };
  base::Result<ParticipantAccess> participant_access(db::Transaction& tx, const Actor& actor, SessionId session,
                                                     ParticipantId id, Permission needed) const;
  // A line in the audit log, of what a user did; what participants do is not in it.
  base::Status audit(db::Transaction& tx, const Actor& actor, std::string_view action, std::string_view subject) const;

  // --- a person's data (person_data.cpp): what People asks of us in its transactions ---
  people::PeopleHooks people_hooks() const;
  base::Status erase_person(db::Transaction& tx, UserId user, std::string_view name) const;
  base::Status erase_workspace(db::Transaction& tx, WorkspaceId workspace) const;
  base::Result<std::string> export_person(db::Transaction& tx, UserId user) const;
  // A session with all that was recorded in it (session_edits.cpp). error_take_running while it records.
  base::Status remove_session(db::Transaction& tx, SessionId id) const;

  // --- views (views.cpp) ---
  base::Result<Take> view(db::Transaction& tx, const TakeRow& take) const;
  base::Result<Stem> view(db::Transaction& tx, const StemRow& stem, const std::string& participant_name) const;
  Session view(const SessionShown& session, Permissions may) const;
  base::Result<Session> view(db::Transaction& tx, SessionId session, Permissions may) const;
  Asset view(const AssetRow& asset, const std::map<ParticipantId, std::string>& names) const;
  std::string media_url(AssetId asset, std::string_view name) const;
  base::Result<std::map<ParticipantId, std::string>> names(db::Transaction& tx, SessionId session) const;
  // Bytes that are safe: of a growing local stem its upload's offset.
  base::Result<StemFacts> facts(db::Transaction& tx, const StemRow& stem) const;

  // --- joining (joining.cpp) ---
  base::Result<Admission> admission(db::Transaction& tx, const SessionRow& session,
                                    const ParticipantRow& participant) const;
  std::string token_of(const ParticipantRow& participant) const;
  // Whose token it is, if it was good at that time.
  base::Result<ParticipantRow> owner_of_token(std::string_view token, base::WallTime at) const;
  base::Status make_room(db::Transaction& tx, const SessionRow& session, Role role, ParticipantState state) const;
  // Somebody new: a row, and those who follow are told of one who waits.
  base::Result<Admission> arrive(db::Transaction& tx, const SessionRow& session, ParticipantRow row) const;

  // --- the lobby (participants.cpp) ---
  base::Status let_in(db::Transaction& tx, const SessionRow& session, ParticipantRow& participant) const;
  base::Status let_everyone_in(db::Transaction& tx, const SessionRow& session) const;
  base::Status change_role(db::Transaction& tx, const Actor& actor, const Access& access, ParticipantRow& participant,
                           std::optional<Role> role) const;
  base::Status limit_recording(db::Transaction& tx, const Access& access, ParticipantRow& participant,
                               const wire::Patch<RecordingLimit>& limit) const;
  base::Status forget_waiting(db::Transaction& tx, const ParticipantRow& participant) const;

  // --- a session moves on (session_life.cpp) ---
  // State, since and due_at follow from the takes and from what is in the row.
  base::Status refresh(db::Transaction& tx, SessionRow& session) const;
  base::Status refresh_session(db::Transaction& tx, SessionId id) const;
  base::Status end(db::Transaction& tx, SessionRow& session) const;
  base::Status reopen(db::Transaction& tx, SessionRow& session) const;
  base::Status move_on(db::Transaction& tx, SessionRow session) const;

  // --- what is being recorded (takes.cpp) ---
  base::Result<std::optional<TakeRow>> recording_now(db::Transaction& tx, SessionId session) const;  // and not paused
  base::Result<std::vector<ParticipantId>> agreed(db::Transaction& tx, SessionId session) const;
  void start_backup(db::Transaction& tx, SessionId session, TakeInProgress take) const;

  // --- a take moves on (take_moves.cpp) ---
  base::Result<TakeFacts> facts(db::Transaction& tx, const TakeRow& take) const;
  // Asks the rules and does what they say, in this transaction.
  base::Status move_on(db::Transaction& tx, TakeRow take) const;
  base::Status stop(db::Transaction& tx, TakeRow& take) const;
  base::Status process(db::Transaction& tx, TakeRow& take) const;
  base::Status fail_take(db::Transaction& tx, TakeRow& take, std::string error) const;
  base::Status upload_completed(db::Transaction& tx, const upload::UploadInfo& upload) const;
  base::Status close_backup(db::Transaction& tx, const StemRow& stem, std::uint64_t bytes) const;
  std::uint64_t log_size(const StemRow& stem) const;
  base::Status end_facts_of(db::Transaction& tx, std::string_view node) const;

  // --- what has passed its deadline (reconcile.cpp) ---
  base::Status reconcile_takes() const;
  base::Status reconcile_sessions() const;
  base::Status reconcile_lobbies() const;
  base::Status reconcile_files() const;

  // --- events (studio/session_events.hpp), published when the transaction has committed ---
  void publish(db::Transaction& tx, SessionId session, std::string payload) const;
  // To those who follow the session on this node: what every node finds out for itself.
  void publish_here(db::Transaction& tx, SessionId session, std::string payload) const;
};

Participant shown(const ParticipantRow& participant);
Pause shown(const PauseRow& pause);
Marker shown(const MarkerRow& marker);
ParticipantBrief brief(const ParticipantRow& participant);
SessionBrief brief(const SessionRow& session);

// How long a page is, and the id that it begins after.
struct PageStart {
  std::size_t count = 0;
  std::string before;
};
template <class Id>
base::Result<PageStart> page_start(const StudioLimits& limits, std::optional<std::uint32_t> limit,
                                   const std::optional<std::string>& cursor) {
  constexpr std::uint32_t page_default = 20;
  if (cursor && !Id::parse(*cursor)) return base::fail(error_field, "is not a cursor of this list", "cursor");
  return PageStart{std::clamp<std::size_t>(limit.value_or(page_default), 1, limits.page_max), cursor.value_or("")};
}

std::string job_subject(TakeId take);  // "take/<id>"
std::optional<TakeId> take_of_subject(std::string_view subject);
inline constexpr std::string_view compose_kind = "compose";

// Trims; error_field when empty, longer than `chars_max` code points, or with control characters.
inline base::Result<std::string> checked_text(std::string_view text, std::string_view field, std::size_t chars_max) {
  return people::checked_text(text, field, chars_max, error_field);
}

}  // namespace greenroom::studio
