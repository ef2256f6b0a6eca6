// What a finished take says of itself, as two kinds of JSON documents (docs/recordings.md): of each person's
// microphone, camera and screen a manifest (what was expected, what is there, where each stretch came from, what is
// missing and why), and one document of the take that lists its files with their hashes. Written by the compose job,
// read by `greenroom verify`. Values, and what must hold between them; pure.
#pragma once
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "wire/field_rule.hpp"

namespace greenroom::work {

inline constexpr int manifest_version = 1;
inline constexpr std::string_view manifest_format = "greenroom.stem", take_format = "greenroom.take";
inline constexpr std::string_view take_document_name = "take.json", manifest_suffix = ".manifest.json";
inline constexpr std::size_t manifest_bytes_max = std::size_t(64) << 20;
inline constexpr std::size_t manifest_spans_max = 1'000'000;  // of one list: an hour in which every packet is a gap
inline constexpr std::size_t take_files_max = 10'000;
inline constexpr std::int64_t manifest_length_max = std::int64_t(1) << 40;  // samples

inline constexpr base::ErrorCode bad_manifest{base::ErrorKind::corrupt, "work.bad_manifest"};

enum class SpanOrigin { local, backup, nothing };
// mute and dtx: nothing was sent. lost: it was sent, or captured, and did not arrive. damaged: the bytes are there and
// do not hold. not_recorded: no recording of this source was running. unknown: nothing says why.
enum class GapCause { mute, dtx, lost, damaged, not_recorded, unknown };
BOOST_DESCRIBE_ENUM(SpanOrigin, local, backup, nothing)
BOOST_DESCRIBE_ENUM(GapCause, mute, dtx, lost, damaged, not_recorded, unknown)

// Half-open, in units of the document's rate.
struct ManifestInterval {
  std::int64_t first = 0;
  std::int64_t end = 0;
  SpanOrigin from = SpanOrigin::nothing;
  friend bool operator==(const ManifestInterval&, const ManifestInterval&) = default;
};
BOOST_DESCRIBE_STRUCT(ManifestInterval, (), (first, end, from))

struct ManifestGap {
  std::int64_t first = 0;
  std::int64_t end = 0;
  GapCause cause = GapCause::unknown;
  friend bool operator==(const ManifestGap&, const ManifestGap&) = default;
};
BOOST_DESCRIBE_STRUCT(ManifestGap, (), (first, end, cause))

// One recording that went into it, local or the server's. Frames are of its own clock (`rate`), since it began.
struct ManifestRecording {
  std::string stem_id;
  std::string origin;  // "local" or "backup"
  std::string file;    // in the take's folder
  std::string content_type;
  std::uint64_t bytes = 0;
  std::string sha256;
  bool complete = false;  // the browser had said that this is all; a log has its end
  std::optional<base::WallTime> consented_at;
  double started_at_ms = 0;              // of its first frame, on the server's clock
  double offset_ms = 0;                  // of its first frame after the take's start, as measured
  double drift_ppm = 0;                  // of its clock, as measured: positive when it ran slow
  double clock_error_ms = 0;             // how far that measurement may be off
  std::optional<std::string> unusable;   // why nothing of it is used
  std::optional<std::int64_t> rate;      // of the three below: sound's own, pictures are counted in milliseconds
  std::optional<std::int64_t> frames;    // present
  std::optional<std::int64_t> expected;  // from its first frame to its last
  std::optional<std::uint64_t> blocks;   // of PCM: whole ones
  std::optional<std::uint64_t> damaged_bytes;
  std::vector<ManifestGap> gaps;
};
BOOST_DESCRIBE_STRUCT(ManifestRecording, (),
                      (stem_id, origin, file, content_type, bytes, sha256, complete, consented_at, started_at_ms,
                       offset_ms, drift_ppm, clock_error_ms, unusable, rate, frames, expected, blocks, damaged_bytes,
                       gaps))
constexpr wire::FieldRule field_rule(const ManifestRecording*, std::string_view member) {
  wire::FieldRule rule;
  if (member == "gaps") rule.max_items = manifest_spans_max;
  return rule;
}

// The file that was made of it; of pictures there is none but the episode.
struct ManifestFinished {
  std::string file;
  std::uint64_t bytes = 0;
  std::string sha256;
};
BOOST_DESCRIBE_STRUCT(ManifestFinished, (), (file, bytes, sha256))

struct StemManifest {
  std::string format = std::string(manifest_format);
  int version = manifest_version;
  std::string take_id;
  std::string participant_id;
  std::string participant;
  std::string source;         // "mic", "raw_mic", "camera", "screen"
  std::int64_t rate = 0;      // units a second: 48000 of sound, 1000 of pictures
  std::int64_t expected = 0;  // the take without its pauses
  std::int64_t present = 0;
  std::optional<ManifestFinished> finished;
  std::vector<ManifestInterval> intervals;  // they tile [0, expected)
  std::vector<ManifestGap> gaps;            // the intervals from nothing, and why
  std::vector<ManifestRecording> recordings;
};
BOOST_DESCRIBE_STRUCT(StemManifest, (),
                      (format, version, take_id, participant_id, participant, source, rate, expected, present, finished,
                       intervals, gaps, recordings))
constexpr wire::FieldRule field_rule(const StemManifest*, std::string_view member) {
  wire::FieldRule rule;
  if (member == "intervals" || member == "gaps") rule.max_items = manifest_spans_max;
  if (member == "recordings") rule.max_items = take_files_max;
  return rule;
}

struct TakeFileLine {
  std::string path;  // in the take's folder
  std::string kind;  // of a result: as assets have it; "local" and "backup" of what it was made of
  std::uint64_t bytes = 0;
  std::string sha256;
  std::string location;  // of what it was made of: a blob's name, or a path in the data folder; else empty
};
BOOST_DESCRIBE_STRUCT(TakeFileLine, (), (path, kind, bytes, sha256, location))

struct TakePauseLine {
  double from_ms = 0;
  double until_ms = 0;
};
BOOST_DESCRIBE_STRUCT(TakePauseLine, (), (from_ms, until_ms))

struct TakeDocument {
  std::string format = std::string(take_format);
  int version = manifest_version;
  std::string take_id;
  std::string session_id;
  std::string title;
  double started_at_ms = 0;  // on the server's clock, as all of these
  double stopped_at_ms = 0;
  std::vector<TakePauseLine> pauses;  // no result has them
  std::vector<TakeFileLine> files;    // all but this one
};
BOOST_DESCRIBE_STRUCT(TakeDocument, (),
                      (format, version, take_id, session_id, title, started_at_ms, stopped_at_ms, pauses, files))
constexpr wire::FieldRule field_rule(const TakeDocument*, std::string_view member) {
  wire::FieldRule rule;
  if (member == "files" || member == "pauses") rule.max_items = take_files_max;
  return rule;
}

// Any bytes: a document of this version, or bad_manifest with a sentence. Paths in it lead nowhere else.
base::Result<StemManifest> read_manifest(std::string_view text);
base::Result<TakeDocument> read_take_document(std::string_view text);

// A relative path of plain parts that stays below where it begins.
bool is_inner_path(std::string_view path);

// How much of them is there, from wherever.
std::int64_t present_in(const std::vector<ManifestInterval>& intervals);

// What contradicts itself in a manifest, as sentences; nothing of a good one.
std::vector<std::string> contradictions(const StemManifest& manifest);

}  // namespace greenroom::work
