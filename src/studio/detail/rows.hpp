// The rows of studio's tables and the statements over them: the only SQL of this module, one .cpp per noun.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "db/db.hpp"
#include "studio/values.hpp"

namespace greenroom::studio {

// --- session_rows.cpp ---
struct SessionRow {
  SessionId id;
  WorkspaceId workspace;
  std::string title;
  SessionKind kind = SessionKind::podcast;
  SessionState state = SessionState::scheduled;
  UserId created_by;
  base::WallTime created_at;
  std::optional<base::WallTime> scheduled_at;
  std::optional<base::WallTime> entered_at;  // when somebody was first in the room
};
struct ParticipantRow {
  ParticipantId id;
  SessionId session;
  std::optional<UserId> user;
  std::string name;
  Role role = Role::speaker;
  base::WallTime joined_at;
  std::optional<base::WallTime> left_at;
  bool present = false;
};
struct InviteRow {
  SessionId session;
  Role role = Role::speaker;
};

namespace sessions {
base::Status insert(db::Transaction& tx, const SessionRow& session);
base::Result<std::optional<SessionRow>> find(db::Transaction& tx, SessionId id);
base::Result<std::vector<SessionRow>> page(db::Transaction& tx, WorkspaceId workspace, const std::string& before,
                                           std::size_t limit);
base::Status rename(db::Transaction& tx, SessionId id, std::string_view title);
base::Status set_state(db::Transaction& tx, SessionId id, SessionState state);
base::Status set_entered(db::Transaction& tx, SessionId id, base::WallTime now);
base::Status remove(db::Transaction& tx, SessionId id);
base::Status insert_invite(db::Transaction& tx, std::string_view token, const InviteRow& invite, base::WallTime now);
base::Result<std::optional<std::string>> invite_token(db::Transaction& tx, SessionId id);
base::Result<std::optional<InviteRow>> invite(db::Transaction& tx, std::string_view token);
}  // namespace sessions

namespace participants {
base::Status insert(db::Transaction& tx, const ParticipantRow& participant);
base::Result<std::optional<ParticipantRow>> find(db::Transaction& tx, ParticipantId id);
base::Result<std::optional<ParticipantRow>> of_user(db::Transaction& tx, SessionId session, UserId user);
base::Result<std::vector<ParticipantRow>> of_session(db::Transaction& tx, SessionId session);
base::Status rename(db::Transaction& tx, ParticipantId id, std::string_view name);
base::Status set_present(db::Transaction& tx, ParticipantId id, bool present, base::WallTime now);
base::Status nobody_is_present(db::Transaction& tx, base::WallTime now);
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
base::Result<std::vector<StemRow>> open_backups(db::Transaction& tx);
base::Status set_state(db::Transaction& tx, StemId id, StemState state, std::uint64_t bytes, base::WallTime now);
}  // namespace stems

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
base::Status insert_removal(db::Transaction& tx, const Removal& removal, base::WallTime now);
base::Result<std::vector<Removal>> removals(db::Transaction& tx, int limit);
base::Status remove_removal(db::Transaction& tx, const Removal& removal);
}  // namespace assets

}  // namespace greenroom::studio
