// The values of projects, sessions, invite links and the people in a session, in the shapes that REST and realtime
// show (see values.hpp). What use cases take from a request is here as well, with the bounds of its fields.
#pragma once
#include "studio/permissions.hpp"
#include "studio/values.hpp"
#include "wire/patch.hpp"

namespace greenroom::studio {

inline constexpr std::uint32_t session_minutes_max = 24 * 60;
inline constexpr std::uint32_t session_participants_max = 500;  // what one room can be set to hold

// --- projects ---
struct Project {
  ProjectId id;
  std::string name;
  std::optional<std::string> description;
  base::WallTime created_at;
  std::uint64_t session_count = 0;
  std::uint64_t revision = 1;
};
BOOST_DESCRIBE_STRUCT(Project, (), (id, name, description, created_at, session_count, revision))

struct ProjectPage {
  std::vector<Project> items;
  std::optional<std::string> next_cursor;
};
BOOST_DESCRIBE_STRUCT(ProjectPage, (), (items, next_cursor))

struct NewProject {
  std::string name;
  std::optional<std::string> description = {};
};
BOOST_DESCRIBE_STRUCT(NewProject, (), (name, description))
constexpr wire::FieldRule field_rule(const NewProject*, std::string_view member) {
  return member == "name" ? wire::text_rule(1, 200) : wire::text_rule(0, 2000);
}

struct ProjectChange {
  std::optional<std::string> name;
  wire::Patch<std::string> description;
};
BOOST_DESCRIBE_STRUCT(ProjectChange, (), (name, description))
constexpr wire::FieldRule field_rule(const ProjectChange*, std::string_view member) {
  return member == "name" ? wire::text_rule(1, 200) : wire::text_rule(0, 2000);
}

// --- sessions ---
// How browsers record in a session. Of what a device cannot do, it does the most.
enum class AudioFormat { lossless, opus };
BOOST_DESCRIBE_ENUM(AudioFormat, lossless, opus)
struct RecordingSettings {
  AudioFormat audio = AudioFormat::lossless;
  std::uint32_t video_height = 720;
  std::uint32_t frame_rate = 30;
  std::optional<std::uint32_t> video_kbits;  // what goes with the height, if it is not said
  bool raw_mic = false;  // a microphone whose echo and noise are filtered is recorded unfiltered too
  friend bool operator==(const RecordingSettings&, const RecordingSettings&) = default;
};
BOOST_DESCRIBE_STRUCT(RecordingSettings, (), (audio, video_height, frame_rate, video_kbits, raw_mic))
constexpr wire::FieldRule field_rule(const RecordingSettings*, std::string_view member) {
  wire::FieldRule rule;
  if (member == "video_height") rule = wire::number_rule(240, 2160);
  if (member == "frame_rate") rule = wire::number_rule(5, 60);
  if (member == "video_kbits") return wire::number_rule(100, 60'000);
  rule.defaulted = true;
  return rule;
}

// What a host sets for one participant whose device or line is weak: at most this much of what the session says, from
// their next take on.
struct RecordingLimit {
  std::optional<std::uint32_t> video_height = {};
  std::optional<std::uint32_t> frame_rate = {};
  std::optional<std::uint32_t> video_kbits = {};
  bool audio_only = false;
  friend bool operator==(const RecordingLimit&, const RecordingLimit&) = default;
};
BOOST_DESCRIBE_STRUCT(RecordingLimit, (), (video_height, frame_rate, video_kbits, audio_only))
constexpr wire::FieldRule field_rule(const RecordingLimit*, std::string_view member) {
  if (member == "audio_only") return wire::defaulted_rule();
  auto rule = field_rule(static_cast<const RecordingSettings*>(nullptr), member);
  rule.defaulted = false;
  return rule;
}

struct Session {
  SessionId id;
  std::string title;
  SessionKind kind = SessionKind::podcast;
  SessionState state = SessionState::scheduled;
  std::optional<ProjectId> project_id;
  base::WallTime created_at;
  std::optional<base::WallTime> scheduled_at;
  std::optional<std::uint32_t> length_minutes;
  std::optional<base::WallTime> ended_at;
  bool lobby = false;  // guests wait until they are let in
  std::uint32_t participants_max = 0;
  RecordingSettings recording;
  std::uint64_t revision = 1;
  std::optional<std::string> guest_link;  // "/join/<token>", for those who may invite
  std::optional<std::string> thumbnail_url;
  std::optional<double> duration_s;
};
BOOST_DESCRIBE_STRUCT(Session, (),
                      (id, title, kind, state, project_id, created_at, scheduled_at, length_minutes, ended_at, lobby,
                       participants_max, recording, revision, guest_link, thumbnail_url, duration_s))

struct Participant {
  ParticipantId id;
  std::string name;
  Role role = Role::speaker;
  ParticipantState state = ParticipantState::admitted;
  base::WallTime joined_at;
  std::optional<base::WallTime> left_at;
  std::optional<base::WallTime> consented_at;  // to being recorded
  std::optional<RecordingLimit> recording_limit;
};
BOOST_DESCRIBE_STRUCT(Participant, (), (id, name, role, state, joined_at, left_at, consented_at, recording_limit))

struct JobView {
  jobs::JobId id;
  std::string kind;
  jobs::JobState state = jobs::JobState::queued;
  std::string stage;
  double progress = 0;
  std::optional<double> eta_s;
  std::optional<std::string> error;
};
BOOST_DESCRIBE_STRUCT(JobView, (), (id, kind, state, stage, progress, eta_s, error))

struct SessionDetail : Session {
  std::vector<Permission> may;               // what the one who asks may do here
  std::vector<RolePermissions> permissions;  // what each role may do here
  std::vector<Participant> participants;     // those who wait are shown to those who may admit
  std::vector<Take> takes;
  std::vector<Asset> assets;
  std::optional<JobView> job;  // of the newest take
};
BOOST_DESCRIBE_STRUCT(SessionDetail, (Session), (may, permissions, participants, takes, assets, job))

struct SessionPage {
  std::vector<Session> items;
  std::optional<std::string> next_cursor;
};
BOOST_DESCRIBE_STRUCT(SessionPage, (), (items, next_cursor))

struct SessionFilter {
  std::optional<std::uint32_t> limit = {};
  std::optional<std::string> cursor = {};
  std::optional<ProjectId> project_id = {};
  std::optional<SessionState> state = {};
  std::optional<SessionKind> kind = {};
};
BOOST_DESCRIBE_STRUCT(SessionFilter, (), (limit, cursor, project_id, state, kind))
constexpr wire::FieldRule field_rule(const SessionFilter*, std::string_view member) {
  return member == "limit" ? wire::number_rule(1, 100) : wire::text_rule(0, 200);
}

struct NewSession {
  std::string title;
  SessionKind kind = SessionKind::podcast;
  std::optional<base::WallTime> scheduled_at = {};
  std::optional<std::uint32_t> length_minutes = {};
  std::optional<ProjectId> project_id = {};
  bool lobby = false;
  std::optional<std::uint32_t> participants_max = {};  // by the kind when it is not said
  std::optional<RecordingSettings> recording = {};
};
BOOST_DESCRIBE_STRUCT(NewSession, (),
                      (title, kind, scheduled_at, length_minutes, project_id, lobby, participants_max, recording))
constexpr wire::FieldRule field_rule(const NewSession*, std::string_view member) {
  if (member == "title") return wire::text_rule(1, 200);
  if (member == "length_minutes") return wire::number_rule(1, session_minutes_max);
  if (member == "participants_max") return wire::number_rule(1, session_participants_max);
  return member == "kind" || member == "lobby" ? wire::defaulted_rule() : wire::FieldRule();
}

struct SessionChange {
  std::optional<std::string> title;
  std::optional<SessionKind> kind;
  wire::Patch<base::WallTime> scheduled_at;
  wire::Patch<std::uint32_t> length_minutes;
  wire::Patch<ProjectId> project_id;
  std::optional<bool> lobby;
  std::optional<std::uint32_t> participants_max;
  std::optional<RecordingSettings> recording;
  std::optional<std::vector<RolePermissions>> permissions;  // all overrides; of a role not named, the default holds
};
BOOST_DESCRIBE_STRUCT(SessionChange, (),
                      (title, kind, scheduled_at, length_minutes, project_id, lobby, participants_max, recording,
                       permissions))
constexpr wire::FieldRule field_rule(const SessionChange*, std::string_view member) {
  if (member == "title") return wire::text_rule(1, 200);
  if (member == "length_minutes") return wire::number_rule(1, session_minutes_max);
  if (member == "participants_max") return wire::number_rule(1, session_participants_max);
  return {};
}

// --- invite links ---
struct InviteLink {
  InviteId id;
  Role role = Role::speaker;
  std::string link;  // "/join/<token>"
  base::WallTime created_at;
  std::optional<base::WallTime> expires_at;
  std::uint32_t uses = 0;
  std::optional<std::uint32_t> uses_max;
};
BOOST_DESCRIBE_STRUCT(InviteLink, (), (id, role, link, created_at, expires_at, uses, uses_max))

struct InviteLinks {
  std::vector<InviteLink> items;
};
BOOST_DESCRIBE_STRUCT(InviteLinks, (), (items))

struct NewInvite {
  Role role = Role::speaker;
  std::optional<base::WallTime> expires_at = {};
  std::optional<std::uint32_t> uses_max = {};
};
BOOST_DESCRIBE_STRUCT(NewInvite, (), (role, expires_at, uses_max))
constexpr wire::FieldRule field_rule(const NewInvite*, std::string_view member) {
  return member == "uses_max" ? wire::number_rule(1, 100'000) : wire::FieldRule();
}

// --- joining ---
struct SessionBrief {
  SessionId id;
  std::string title;
  SessionKind kind = SessionKind::podcast;
  SessionState state = SessionState::scheduled;
  std::optional<base::WallTime> scheduled_at;
};
BOOST_DESCRIBE_STRUCT(SessionBrief, (), (id, title, kind, state, scheduled_at))

// What a guest link leads to.
struct Invite {
  SessionBrief session;
  std::string host_name;
  Role role = Role::speaker;
};
BOOST_DESCRIBE_STRUCT(Invite, (), (session, host_name, role))

struct Admission {
  SessionBrief session;
  ParticipantBrief participant;
  std::string token;
  SessionId call_id;
  bool waiting = false;  // in the lobby: participantAdmitted or participantRemoved follows
  std::vector<Permission> may;
  std::optional<Take> take_in_progress;
  std::optional<base::WallTime> consented_at;  // of an earlier visit: need not be asked again
  RecordingSettings recording;
  std::optional<RecordingLimit> recording_limit;  // this participant's
};
BOOST_DESCRIBE_STRUCT(Admission, (),
                      (session, participant, token, call_id, waiting, may, take_in_progress, consented_at, recording,
                       recording_limit))

// So that a guest's browser can finish its uploads days after the session, without an account.
struct RenewedToken {
  std::string token;
};
BOOST_DESCRIBE_STRUCT(RenewedToken, (), (token))

struct ParticipantChange {
  std::optional<Role> role = {};
  wire::Patch<RecordingLimit> recording_limit = {};  // null: as everybody
};
BOOST_DESCRIBE_STRUCT(ParticipantChange, (), (role, recording_limit))

// What realtime has to know of a participant.
struct Attendance {
  ParticipantBrief participant;
  SessionId session;
  bool waiting = false;
  bool over = false;  // the session has ended or was cancelled
  Permissions may;
  bool agreed = false;  // to be recorded
};

}  // namespace greenroom::studio
