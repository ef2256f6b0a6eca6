// The domain's values, in the shapes that the REST and realtime contracts show: described structs that the mapper of
// wire/json.hpp prints as they are (camelCase, ids as text, times RFC 3339, *_ms milliseconds since 1970).
#pragma once
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/id.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "jobs/job.hpp"
#include "people/values.hpp"
#include "upload/decide.hpp"
#include "wire/field_rule.hpp"

namespace greenroom::studio {

struct SessionTag;
struct ParticipantTag;
struct ProjectTag;
struct InviteTag;
struct TakeTag;
struct StemTag;
struct AssetTag;
struct MarkerTag;
using people::UserActor;
using people::UserId;
using people::WorkspaceId;
using people::WorkspaceRole;
using SessionId = base::Id<SessionTag>;  // also the room's name in the SFU and the wire protocol's callId
using ParticipantId = base::Id<ParticipantTag>;
using ProjectId = base::Id<ProjectTag>;
using InviteId = base::Id<InviteTag>;
using TakeId = base::Id<TakeTag>;
using StemId = base::Id<StemTag>;
using AssetId = base::Id<AssetTag>;
using MarkerId = base::Id<MarkerTag>;

enum class SessionKind { podcast, class_, call };  // "class" on the wire and in tables
enum class SessionState { scheduled, live, ended, cancelled, uploading, processing, ready, failed };
enum class Role { host, cohost, speaker, viewer };  // from the most rights to the fewest
enum class ParticipantState { waiting, admitted, removed };
enum class TakeState { recording, uploading, processing, ready, failed };
enum class Source { mic, raw_mic, camera, screen };  // raw_mic: without the browser's echo and noise filters
enum class Origin { local, backup };
enum class StemState { recording, complete, abandoned };
enum class AssetKind { composite, stem, raw_stem, thumbnail, peaks, report, original, manifest };
BOOST_DESCRIBE_ENUM(SessionKind, podcast, class_, call)
BOOST_DESCRIBE_ENUM(SessionState, scheduled, live, ended, cancelled, uploading, processing, ready, failed)
BOOST_DESCRIBE_ENUM(Role, host, cohost, speaker, viewer)
BOOST_DESCRIBE_ENUM(ParticipantState, waiting, admitted, removed)
BOOST_DESCRIBE_ENUM(TakeState, recording, uploading, processing, ready, failed)
BOOST_DESCRIBE_ENUM(Source, mic, raw_mic, camera, screen)
constexpr bool is_sound(Source source) { return source == Source::mic || source == Source::raw_mic; }
BOOST_DESCRIBE_ENUM(Origin, local, backup)
BOOST_DESCRIBE_ENUM(StemState, recording, complete, abandoned)
BOOST_DESCRIBE_ENUM(AssetKind, composite, stem, raw_stem, thumbnail, peaks, report, original, manifest)

// Who is asking. Made by People from a login or a key, or by Studio from a participant token, never from a request's
// own words.
struct Nobody {};
struct ParticipantActor {
  ParticipantId participant;
  SessionId session;
  Role role = Role::speaker;
  bool waiting = false;  // in the lobby: may do nothing yet
};
using Actor = std::variant<Nobody, UserActor, ParticipantActor>;

// --- takes ---
struct ParticipantBrief {
  ParticipantId id;
  std::string name;
  Role role = Role::speaker;
};
BOOST_DESCRIBE_STRUCT(ParticipantBrief, (), (id, name, role))

struct Stem {
  StemId id;
  TakeId take_id;
  ParticipantId participant_id;
  std::string participant_name;
  Source source = Source::mic;
  Origin origin = Origin::local;
  StemState state = StemState::recording;
  std::string content_type;
  double started_at_ms = 0;
  std::uint64_t bytes = 0;                      // safe on the server
  std::optional<std::uint64_t> uploaded_bytes;  // of a local stem: the upload's offset
  std::optional<base::WallTime> consented_at;   // when its participant had agreed to be recorded
};
BOOST_DESCRIBE_STRUCT(Stem, (),
                      (id, take_id, participant_id, participant_name, source, origin, state, content_type,
                       started_at_ms, bytes, uploaded_bytes, consented_at))

// A stretch of a take in which nothing is recorded: the timeline runs on, the result leaves it out.
struct Pause {
  double from_ms = 0;  // both on the server's clock
  std::optional<double> until_ms;
};
BOOST_DESCRIBE_STRUCT(Pause, (), (from_ms, until_ms))

// A moment of a take that somebody wants to find again.
struct Marker {
  MarkerId id;
  TakeId take_id;
  double at_ms = 0;  // on the server's clock
  std::string label;
  std::optional<ParticipantId> participant_id;  // who set it, unless it was from outside the room
};
BOOST_DESCRIBE_STRUCT(Marker, (), (id, take_id, at_ms, label, participant_id))

struct Take {
  TakeId id;
  SessionId session_id;
  TakeState state = TakeState::recording;
  base::WallTime started_at;
  double started_at_ms = 0;
  std::optional<base::WallTime> stopped_at;
  std::optional<double> stopped_at_ms;
  std::vector<Stem> stems;
  std::optional<std::string> error;
  std::vector<Pause> pauses;                  // by time; one without an end goes on
  std::vector<Marker> markers;                // by time
  std::optional<base::WallTime> waits_until;  // of an uploading take: when what is missing then is given up
};
BOOST_DESCRIBE_STRUCT(Take, (),
                      (id, session_id, state, started_at, started_at_ms, stopped_at, stopped_at_ms, stems, error,
                       pauses, markers, waits_until))

struct Asset {
  AssetId id;
  TakeId take_id;
  AssetKind kind = AssetKind::composite;
  std::string name;  // a file name: "Ada Lovelace.flac"
  std::string content_type;
  std::uint64_t bytes = 0;
  std::string url;           // signed, relative to the server: "/media/<id>/<name>?expires=..&signature=.."
  std::string download_url;  // the same with &download=1
  std::optional<ParticipantId> participant_id;
  std::optional<std::string> participant_name;
  std::optional<double> duration_s;
};
BOOST_DESCRIBE_STRUCT(Asset, (),
                      (id, take_id, kind, name, content_type, bytes, url, download_url, participant_id,
                       participant_name, duration_s))

// --- what use cases take ---
inline constexpr std::size_t marker_label_chars_max = 200;
struct NewMarker {
  std::string label;
  std::optional<double> at_ms = {};  // on the server's clock; now, if it is not said
};
BOOST_DESCRIBE_STRUCT(NewMarker, (), (label, at_ms))
constexpr wire::FieldRule field_rule(const NewMarker*, std::string_view member) {
  if (member == "at_ms") return wire::number_rule(0, 253402300799999.0);
  wire::FieldRule rule;
  if (member != "label") return rule;
  rule.max_length = marker_label_chars_max;
  rule.defaulted = true;
  return rule;
}

struct MarkerChange {
  std::optional<std::string> label;
  std::optional<double> at_ms;
};
BOOST_DESCRIBE_STRUCT(MarkerChange, (), (label, at_ms))
constexpr wire::FieldRule field_rule(const MarkerChange*, std::string_view member) {
  if (member == "label") return wire::text_rule(0, marker_label_chars_max);
  return member == "at_ms" ? wire::number_rule(0, 253402300799999.0) : wire::FieldRule();
}

// How much longer a stopped take waits for stems at most.
struct Patience {
  std::uint32_t seconds = 0;
};
BOOST_DESCRIBE_STRUCT(Patience, (), (seconds))
constexpr wire::FieldRule field_rule(const Patience*, std::string_view member) {
  return member == "seconds" ? wire::number_rule(0, 24 * 3600) : wire::FieldRule();
}

// The words that somebody agreed to, as they were shown.
struct NewConsent {
  std::string notice;
};
BOOST_DESCRIBE_STRUCT(NewConsent, (), (notice))
constexpr wire::FieldRule field_rule(const NewConsent*, std::string_view member) {
  return member == "notice" ? wire::text_rule(1, 2000) : wire::FieldRule();
}

struct NewStem {
  std::string client_key;  // a UUID of the client's: the same key gives the same stem
  Source source = Source::mic;
  std::string content_type;
  double started_at_ms = 0;
  std::optional<std::uint32_t> sample_rate;
  std::optional<std::uint32_t> channels;
  std::optional<std::uint32_t> width;
  std::optional<std::uint32_t> height;
};
BOOST_DESCRIBE_STRUCT(NewStem, (),
                      (client_key, source, content_type, started_at_ms, sample_rate, channels, width, height))

constexpr wire::FieldRule field_rule(const NewStem*, std::string_view member) {
  if (member == "client_key") return wire::text_rule(1, 64);
  if (member == "content_type") return wire::text_rule(1, 200);
  if (member == "started_at_ms") return wire::number_rule(0, 253402300799999.0);  // the end of year 9999
  if (member == "sample_rate") return wire::number_rule(8000, 192000);
  if (member == "channels") return wire::number_rule(1, 2);
  return wire::number_rule(1, 16384);
}

struct StemTicket {
  Stem stem;
  std::string upload_url;  // "/api/v1/uploads/<id>"
  bool created = false;    // false: this client key was known
};
BOOST_DESCRIBE_STRUCT(StemTicket, (), (stem, upload_url))

// One track that the SFU's recorder writes. `log` is relative to the data directory: "backup/<take>/<track>.grlog".
struct NewBackupTrack {
  TakeId take;
  ParticipantId participant;
  Source source = Source::mic;
  std::string mime_type;  // "audio/opus", "video/VP8"
  std::string log;
  base::WallTime started_at;
};

// What the recorder is to record now, and whom: those who have agreed.
struct TakeInProgress {
  TakeId id;
  WorkspaceId workspace;
  std::vector<ParticipantId> agreed;
};

// --- what the compose job reads and writes ---
struct ComposeStem {
  StemId id;
  ParticipantId participant_id;
  Source source = Source::mic;
  Origin origin = Origin::local;
  StemState state = StemState::complete;
  std::string content_type;
  double started_at_ms = 0;
  std::uint64_t bytes = 0;
  std::string location;  // a blob name for local stems, a path relative to the data directory for backup logs
  std::optional<base::WallTime> consented_at = {};
};
BOOST_DESCRIBE_STRUCT(ComposeStem, (),
                      (id, participant_id, source, origin, state, content_type, started_at_ms, bytes, location,
                       consented_at))

struct ComposeInput {
  TakeId take_id;
  SessionId session_id;
  WorkspaceId workspace_id;
  std::string title;
  double started_at_ms = 0;  // the timeline's zero
  double stopped_at_ms = 0;
  std::vector<ParticipantBrief> participants;  // those who have a stem, in order of joining
  std::vector<ComposeStem> stems;
  std::vector<Pause> pauses;
  std::vector<Marker> markers;
};
BOOST_DESCRIBE_STRUCT(ComposeInput, (),
                      (take_id, session_id, workspace_id, title, started_at_ms, stopped_at_ms, participants, stems,
                       pauses, markers))

struct NewAsset {
  AssetId id;  // allocated by the job, so that blob names can carry it
  AssetKind kind = AssetKind::composite;
  std::string name;
  std::string content_type;
  std::uint64_t bytes = 0;
  std::string blob;  // a sealed blob's name
  std::optional<ParticipantId> participant_id;
  std::optional<double> duration_s;
};

// What stands behind a signed link.
struct MediaFile {
  AssetId id;
  std::string name;
  std::string content_type;
  std::uint64_t bytes = 0;
  std::string blob;
};

}  // namespace greenroom::studio
