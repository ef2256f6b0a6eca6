// The rows of studio's tables and the statements over them: the only SQL of this module, one .cpp per noun.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "db/db.hpp"
#include "studio/session_values.hpp"

namespace greenroom::studio {

using db::done;

// Sorts after every id: where a list begins that is read from the newest on.
inline constexpr std::string_view after_every_id = "g";

// --- project_rows.cpp ---
struct ProjectRow {
  ProjectId id;
  WorkspaceId workspace;
  std::string name;
  std::optional<std::string> description;
  base::WallTime created_at;
  std::uint64_t revision = 1;
  std::uint64_t session_count = 0;  // read only
};

namespace projects {
base::Status insert(db::Transaction& tx, const ProjectRow& project);
base::Result<std::optional<ProjectRow>> find(db::Transaction& tx, ProjectId id);
base::Result<std::vector<ProjectRow>> page(db::Transaction& tx, WorkspaceId workspace, std::string_view before,
                                           std::size_t limit);
base::Result<std::uint64_t> count(db::Transaction& tx, WorkspaceId workspace);
base::Status update(db::Transaction& tx, const ProjectRow& project);
base::Status remove(db::Transaction& tx, ProjectId id);
}  // namespace projects

// --- session_rows.cpp ---
struct SessionRow {
  SessionId id;
  WorkspaceId workspace;
  std::optional<ProjectId> project;
  std::string title;
  SessionKind kind = SessionKind::podcast;
  SessionState state = SessionState::scheduled;
  UserId created_by;
  base::WallTime created_at;
  std::optional<base::WallTime> scheduled_at;
  std::optional<std::uint32_t> length_minutes;
  bool lobby = false;
  std::uint32_t participants_max = 0;
  RecordingSettings recording;
  std::vector<RolePermissions> permissions;  // overrides
  std::uint64_t revision = 1;
  std::optional<base::WallTime> entered_at;  // when somebody was first in the room
  std::optional<base::WallTime> ended_at;
  base::WallTime since;                  // when it came into its state
  std::optional<base::WallTime> due_at;  // when reconcile() looks at it
};
// A row with what a list shows beside it: read in one statement however long the list is.
struct SessionShown {
  SessionRow session;
  std::optional<std::string> guest_token;                          // of the link that was made with the session
  std::optional<base::WallTime> take_started_at, take_stopped_at;  // of the newest take with a result
  std::optional<AssetId> thumbnail;
  std::optional<std::string> thumbnail_name;
};
struct SessionQuery {
  WorkspaceId workspace;
  std::optional<ProjectId> project;
  std::optional<SessionState> state;
  std::optional<SessionKind> kind;
  std::string before;  // an id, or empty
  std::size_t limit = 0;
};

namespace sessions {
base::Status insert(db::Transaction& tx, const SessionRow& session);
base::Result<std::optional<SessionRow>> find(db::Transaction& tx, SessionId id);
base::Result<std::optional<SessionShown>> shown(db::Transaction& tx, SessionId id);
base::Result<std::vector<SessionShown>> page(db::Transaction& tx, const SessionQuery& query);
base::Result<std::vector<SessionRow>> due(db::Transaction& tx, base::WallTime now, int limit);
base::Status update_settings(db::Transaction& tx, const SessionRow& session);  // what people edit, with the revision
base::Status update_state(db::Transaction& tx, const SessionRow& session);     // state, and the times beside it
base::Status remove(db::Transaction& tx, SessionId id);
base::Result<std::vector<SessionId>> of_workspace(db::Transaction& tx, WorkspaceId workspace);
base::Result<std::vector<SessionRow>> made_by(db::Transaction& tx, UserId user);
}  // namespace sessions

// --- invite_rows.cpp ---
struct InviteRow {
  InviteId id;
  std::string token;
  SessionId session;
  Role role = Role::speaker;
  base::WallTime created_at;
  std::optional<base::WallTime> expires_at;
  std::uint32_t uses = 0;
  std::optional<std::uint32_t> uses_max;
};

namespace invites {
base::Status insert(db::Transaction& tx, const InviteRow& invite);
base::Result<std::optional<InviteRow>> find(db::Transaction& tx, InviteId id);
base::Result<std::optional<InviteRow>> by_token(db::Transaction& tx, std::string_view token);
base::Result<std::vector<InviteRow>> of_session(db::Transaction& tx, SessionId session);
base::Status count_use(db::Transaction& tx, InviteId id);
base::Status remove(db::Transaction& tx, InviteId id);
}  // namespace invites

// --- participant_rows.cpp ---
struct ParticipantRow {
  ParticipantId id;
  SessionId session;
  std::optional<UserId> user;
  std::string name;
  Role role = Role::speaker;
  ParticipantState state = ParticipantState::admitted;
  base::WallTime joined_at;  // of one who waits: when they last asked
  std::optional<base::WallTime> left_at;
  bool present = false;                        // in the room, or waiting and connected
  std::optional<base::WallTime> consented_at;  // to being recorded; the words are beside it in the table
  std::optional<RecordingLimit> recording_limit;
};

namespace participants {
base::Status insert(db::Transaction& tx, const ParticipantRow& participant);
base::Result<std::optional<ParticipantRow>> find(db::Transaction& tx, ParticipantId id);
base::Result<std::optional<ParticipantRow>> of_user(db::Transaction& tx, SessionId session, UserId user);
base::Result<std::vector<ParticipantRow>> of_session(db::Transaction& tx, SessionId session);
base::Result<std::vector<ParticipantRow>> waiting(db::Transaction& tx, std::optional<SessionId> session);
base::Status update(db::Transaction& tx, const ParticipantRow& participant);
// Once: what was agreed to first stands.
base::Status set_consent(db::Transaction& tx, ParticipantId id, std::string_view notice, base::WallTime now);
base::Status set_recording_limit(db::Transaction& tx, ParticipantId id, const std::optional<RecordingLimit>& limit);
base::Status set_present(db::Transaction& tx, ParticipantId id, bool present, base::WallTime now);
base::Status remove(db::Transaction& tx, ParticipantId id);
base::Result<std::vector<ParticipantRow>> all_of_user(db::Transaction& tx, UserId user);
base::Status rename_all_of_user(db::Transaction& tx, UserId user, std::string_view name);
}  // namespace participants

// --- take_rows.cpp ---
struct TakeRow {
  TakeId id;
  SessionId session;
  TakeState state = TakeState::recording;
  base::WallTime started_at;
  std::optional<base::WallTime> stopped_at;
  bool forced = false;
  std::optional<std::string> error;
  std::optional<base::WallTime> inputs_read_at;  // when a compose job last read what there is
  std::optional<base::WallTime> deadline_at;     // somebody will not wait longer for stems
};
struct StemRow {
  StemId id;
  TakeId take;
  ParticipantId participant;
  Source source = Source::mic;
  Origin origin = Origin::local;
  StemState state = StemState::recording;
  std::string content_type;
  std::string client_key;
  double started_at_ms = 0;
  std::optional<upload::UploadId> upload;  // of a local stem
  std::optional<std::string> log;          // of a backup stem
  std::uint64_t bytes = 0;                 // as of its last change of state
  std::optional<std::uint32_t> sample_rate, channels, width, height;
  base::WallTime created_at;
  base::WallTime changed_at;
  std::optional<base::WallTime> consented_at;
};

namespace takes {
base::Status insert(db::Transaction& tx, const TakeRow& take);
base::Result<std::optional<TakeRow>> find(db::Transaction& tx, TakeId id);
base::Result<std::vector<TakeRow>> of_session(db::Transaction& tx, SessionId session);
base::Result<std::vector<TakeRow>> unfinished(db::Transaction& tx);
base::Status update(db::Transaction& tx, const TakeRow& take);
}  // namespace takes

namespace stems {
base::Status insert(db::Transaction& tx, const StemRow& stem);
base::Result<std::optional<StemRow>> find(db::Transaction& tx, StemId id);
base::Result<std::optional<StemRow>> by_key(db::Transaction& tx, TakeId take, ParticipantId participant,
                                            std::string_view client_key);
base::Result<std::optional<StemRow>> by_upload(db::Transaction& tx, upload::UploadId upload);
base::Result<std::vector<StemRow>> of_take(db::Transaction& tx, TakeId take);
base::Status set_state(db::Transaction& tx, StemId id, StemState state, std::uint64_t bytes, base::WallTime now);
}  // namespace stems

// --- take_mark_rows.cpp ---
struct PauseRow {
  TakeId take;
  base::WallTime from;
  std::optional<base::WallTime> until;
};
struct MarkerRow {
  MarkerId id;
  TakeId take;
  std::optional<ParticipantId> participant;
  base::WallTime at;
  std::string label;
};

namespace pauses {
base::Status begin(db::Transaction& tx, TakeId take, base::WallTime from);
base::Status end(db::Transaction& tx, TakeId take, base::WallTime until);  // the one that goes on
base::Result<std::vector<PauseRow>> of_take(db::Transaction& tx, TakeId take);
}  // namespace pauses

namespace markers {
base::Status insert(db::Transaction& tx, const MarkerRow& marker);
base::Result<std::optional<MarkerRow>> find(db::Transaction& tx, MarkerId id);
base::Result<std::vector<MarkerRow>> of_take(db::Transaction& tx, TakeId take);
base::Status update(db::Transaction& tx, const MarkerRow& marker);
base::Status remove(db::Transaction& tx, MarkerId id);
}  // namespace markers

// --- asset_rows.cpp ---
struct AssetRow {
  AssetId id;
  TakeId take;
  AssetKind kind = AssetKind::composite;
  std::string name;
  std::string content_type;
  std::uint64_t bytes = 0;
  std::string blob;
  std::optional<ParticipantId> participant;
  std::optional<double> duration_s;
  base::WallTime created_at;
};
enum class RemovalKind { blob, upload, backup };
BOOST_DESCRIBE_ENUM(RemovalKind, blob, upload, backup)
struct Removal {
  RemovalKind kind = RemovalKind::blob;
  std::string name;
};

namespace assets {
base::Status insert(db::Transaction& tx, const AssetRow& asset);
base::Result<std::optional<AssetRow>> find(db::Transaction& tx, AssetId id);
base::Result<std::vector<AssetRow>> of_take(db::Transaction& tx, TakeId take);
base::Status remove_of_take(db::Transaction& tx, TakeId take);
base::Result<std::vector<AssetRow>> of_participant(db::Transaction& tx, ParticipantId participant);
base::Status rename(db::Transaction& tx, AssetId id, std::string_view name);
base::Status insert_removal(db::Transaction& tx, const Removal& removal, base::WallTime now);
base::Result<std::vector<Removal>> removals(db::Transaction& tx, int limit);
base::Status remove_removal(db::Transaction& tx, const Removal& removal);
}  // namespace assets

}  // namespace greenroom::studio
