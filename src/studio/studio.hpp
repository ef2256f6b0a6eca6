// The domain: sessions, takes, stems, assets, and the rights to them. app owns the one Studio of a
// process; its functions block (SQL, files, password hashes) and are called on the blocking pool from any thread, or in
// a job process. Every use case takes the Actor who asks and answers a Result; errors are in studio/errors.hpp.
// Invariants: a change and what it causes (a completed upload, its stem, the take's job) are one transaction; events
// are published on the bus only after the commit, on topic "session/<id>" as JSON text {"event": .., "data": ..}; every
// state has an exit, by an event or by reconcile().
#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/log.hpp"
#include "base/rng.hpp"
#include "blob/store.hpp"
#include "bus/bus.hpp"
#include "db/db.hpp"
#include "db/migrate.hpp"
#include "jobs/queue.hpp"
#include "people/people.hpp"
#include "studio/errors.hpp"
#include "studio/session_values.hpp"
#include "studio/values.hpp"
#include "upload/uploads.hpp"

namespace greenroom::studio {

std::span<const db::Migration> migrations();
// Those of every module below and of studio, in order: what app runs at start.
std::vector<db::Migration> all_migrations();

std::string session_topic(SessionId session);  // "session/<id>"
std::string logins_topic(UserId user);         // "logins/<id>": some of theirs have ended

// The SFU's recorder, as app implements it. Both only post and return; both may be called twice.
struct RecordingControl {
  virtual ~RecordingControl() = default;
  // Said again, it adds people to those who have agreed; nobody else is recorded.
  virtual void start_backup(SessionId session, const TakeInProgress& take) = 0;
  virtual void stop_backup(SessionId session, TakeId take) = 0;
};

struct StudioLimits {
  std::size_t participants_ever_max = 5'000;  // of one session: everybody who was ever in it
  std::size_t lobby_max = 200;                // who waits at a time, per session
  std::size_t invites_per_session_max = 100;
  std::size_t stems_per_take_max = 400;  // restarts and screen shares included
  std::size_t takes_per_session_max = 200;
  std::size_t takes_shown_max = 200;
  std::size_t markers_per_take_max = 500;
  std::size_t pauses_per_take_max = 200;
  std::size_t page_max = 100;
  std::size_t projects_per_workspace_max = 10'000;
  std::size_t description_chars_max = 2'000;
  std::size_t title_chars_max = 200;
  std::size_t name_chars_max = 80;
  base::Duration participant_life = std::chrono::hours(24);          // of a token; renewed by joining again
  base::Duration participant_renewal = std::chrono::hours(24 * 30);  // after its end, by renew_token()
  base::Duration link_life = std::chrono::hours(6);                  // of a signed media link
  base::Duration stem_grace = std::chrono::seconds(3);      // after stop, for stems that clients are about to announce
  base::Duration stem_deadline = std::chrono::minutes(10);  // an upload that has not moved for so long is given up
  base::Duration backup_deadline = std::chrono::seconds(20);  // after stop: a backup track that was not ended has ended
  base::Duration take_deadline = std::chrono::minutes(10);    // a take nobody is present at is stopped
  base::Duration take_length_max = std::chrono::hours(12);
  base::Duration scheduled_deadline = std::chrono::hours(24);      // after the planned end: nobody ever came
  base::Duration undated_deadline = std::chrono::hours(24 * 180);  // the same without a date
  base::Duration live_deadline = std::chrono::hours(2);      // after everybody left, and not before the planned end
  base::Duration presence_look = std::chrono::minutes(10);   // a live session with people in it is looked at again
  base::Duration lobby_deadline = std::chrono::minutes(10);  // after somebody who waits was last seen
};

struct StudioDependencies {
  db::Database& database;
  blob::Store& store;
  bus::Bus& bus;
  upload::Uploads& uploads;  // Studio sets its hooks
  jobs::Queue& queue;
  people::People& people;                // names of users, the audit log
  std::filesystem::path data_directory;  // backup logs are under it
  base::Bytes secret;                    // the server's, >= 32 bytes: keys for tokens and links are derived from it
  std::function<base::WallTime()> clock;
  base::Rng& rng;  // thread-safe
  base::LogSink& log;
  RecordingControl* recording = nullptr;  // none in job processes
  StudioLimits limits = {};
  crypto::StorageKeys storage_keys = {};  // of backup logs; blobs are `store`'s business
};

class Studio {
 public:
  explicit Studio(StudioDependencies dependencies);
  ~Studio();

  // --- projects (projects.cpp) ---
  // `expected`: the revision that the caller has seen; another one is error_revision.
  base::Result<Project> create_project(const Actor& actor, const NewProject& project);
  base::Result<ProjectPage> projects(const Actor& actor, std::optional<std::uint32_t> limit,
                                     std::optional<std::string> cursor);
  base::Result<Project> project(const Actor& actor, ProjectId id);
  base::Result<Project> change_project(const Actor& actor, ProjectId id, const ProjectChange& change,
                                       std::optional<std::uint64_t> expected);
  base::Status delete_project(const Actor& actor, ProjectId id, std::optional<std::uint64_t> expected);

  // --- sessions (sessions.cpp, session_edits.cpp) ---
  base::Result<Session> create_session(const Actor& actor, const NewSession& session);
  base::Result<SessionPage> sessions(const Actor& actor, const SessionFilter& filter);
  base::Result<SessionDetail> session(const Actor& actor, SessionId id);
  base::Result<Session> change_session(const Actor& actor, SessionId id, const SessionChange& change,
                                       std::optional<std::uint64_t> expected);
  // Stops what is being recorded and sends everybody home. Of one that has ended: no effect.
  base::Result<Session> end_session(const Actor& actor, SessionId id);
  base::Status delete_session(const Actor& actor, SessionId id, std::optional<std::uint64_t> expected);

  // --- invite links (invites.cpp) ---
  base::Result<InviteLink> create_invite(const Actor& actor, SessionId session, const NewInvite& invite);
  base::Result<InviteLinks> invites(const Actor& actor, SessionId session);
  base::Status revoke_invite(const Actor& actor, SessionId session, InviteId invite);
  base::Result<Invite> invite(std::string_view token);  // what is behind a link, for whoever holds it

  // --- joining (joining.cpp) ---
  // Somebody of the workspace. One who may edit opens a session that is over again by coming back.
  base::Result<Admission> join(const Actor& actor, SessionId id, std::optional<std::string> name);
  // A guest. `rejoin`: the participant token of an earlier visit in this browser: the same participant comes back.
  base::Result<Admission> join_invite(std::string_view token, std::string_view name, std::optional<std::string> rejoin);
  // A ParticipantActor as things stand now, error_token, or error_removed.
  base::Result<Actor> participant_of(std::string_view token);
  // A new token for an old one that has ended not too long ago: uploads are finished when people come back.
  base::Result<RenewedToken> renew_token(std::string_view token);

  // --- participants (participants.cpp) ---
  // Lets in from the lobby, or back in who was removed.
  base::Result<Participant> admit(const Actor& actor, SessionId session, ParticipantId id);
  // Refuses who waits, removes who is in; the token of either no longer works.
  base::Status remove_participant(const Actor& actor, SessionId session, ParticipantId id);
  base::Result<Participant> change_participant(const Actor& actor, SessionId session, ParticipantId id,
                                               const ParticipantChange& change);
  // A participant agrees to be recorded; kept with the words they saw, and with each of their stems from then on. Who
  // has not agreed is not recorded: a take that goes on has them from now.
  base::Result<Participant> consent(const Actor& actor, SessionId session, const NewConsent& consent);
  // Told by realtime when a participant enters and leaves the room, or the lobby. Entering the room makes a scheduled
  // session live.
  base::Status entered(ParticipantId participant);
  base::Status left(ParticipantId participant);
  // For realtime: what this participant may do now; error_removed for one who was sent away.
  base::Result<Attendance> attendance(ParticipantId id);
  // May this actor follow the session's events? (Its participants and its workspace's users.)
  base::Status may_follow(const Actor& actor, SessionId id);
  // What `use` reads, here and of people, is of one moment and one transaction. It may run more than once.
  base::Status over_snapshot(const std::function<void()>& use);

  // --- takes (takes.cpp) ---
  base::Result<Take> start_take(const Actor& actor, SessionId session);  // Permission::record, as the next two
  base::Result<Take> stop_take(const Actor& actor, TakeId id);           // of a stopped one: no effect
  base::Result<Take> finish_take(const Actor& actor, TakeId id);         // no longer waits for missing stems
  // Nothing is recorded until it is resumed or stopped; in a state that it has already: no effect.
  base::Result<Take> set_take_paused(const Actor& actor, TakeId id, bool paused);
  // Waits for missing stems no longer than so. Only ever shortens.
  base::Result<Take> shorten_wait(const Actor& actor, TakeId id, Patience patience);
  base::Result<Take> take(const Actor& actor, TakeId id);
  // For app, when a room (re)appears: what is to be recorded now, so none while it is paused, and of whom.
  base::Result<std::optional<TakeInProgress>> take_in_progress(SessionId session);

  // --- markers (markers.cpp): Permission::record ---
  base::Result<Marker> add_marker(const Actor& actor, TakeId take, const NewMarker& marker);
  base::Result<Marker> change_marker(const Actor& actor, TakeId take, MarkerId id, const MarkerChange& change);
  base::Status remove_marker(const Actor& actor, TakeId take, MarkerId id);

  // --- stems (stems.cpp) ---
  base::Result<StemTicket> create_stem(const Actor& actor, TakeId take, const NewStem& stem);
  // For the recorder: a track has begun, has ended.
  base::Result<StemId> register_backup_track(const NewBackupTrack& track);
  base::Status end_backup_track(StemId stem, std::uint64_t bytes);

  // --- uploads (stems.cpp): rights of REST's /uploads ---
  // Of a stem's upload: its participant; to look at or end it also the session's host. Of a free one: its maker.
  base::Status may_upload(const Actor& actor, const upload::UploadInfo& upload);
  // A file that is no stem (a session's import; kept until claimed or expired). The caller becomes its owner.
  base::Result<upload::UploadInfo> create_upload(const Actor& actor, upload::NewUpload upload);

  // --- results (assets.cpp) ---
  // The query of a signed link as it came. error of crypto/signed_url.hpp when it does not hold.
  base::Result<MediaFile> media(AssetId id, std::string_view filename, std::int64_t expires,
                                std::string_view signature);
  // Whether a row names these sealed bytes: a complete upload, or an asset. Bytes without one may have been left by a
  // crash, or are about to get it.
  base::Result<bool> refers_to(const blob::Name& name);
  base::Result<ComposeInput> compose_input(TakeId take);
  // Ends the job in one transaction: assets attached (older ones of the take replaced), take ready, lease finished.
  base::Status attach_assets(const jobs::Lease& lease, TakeId take, std::span<const NewAsset> assets);

  // --- what runs by the clock (progress.cpp, reconcile.cpp) ---
  // At boot, before the first request, and whenever a node may have died: whom the nodes that are no longer `alive`
  // have told to be present is not, the backup tracks they were writing have ended.
  base::Status recover(std::span<const std::string> alive = {});
  // About once a second: stops, finishes and fails what has passed its deadline; starts jobs that are due to be pushed.
  base::Status reconcile();
  // A few times a second while jobs run (always, cheaply): tells the bus what job processes wrote: jobProgress,
  // sessionChanged. True while any job is queued or running.
  base::Result<bool> publish_job_changes();

 private:
  base::Status register_forgotten_logs();
  struct Core;  // detail: what the use cases share (studio/core.hpp)
  std::unique_ptr<Core> core_;
};

}  // namespace greenroom::studio
