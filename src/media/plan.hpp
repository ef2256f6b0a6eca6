// What a compose job will do, as values: which piece of which file sounds and shows at which moment of the take.
// survey() looks at the files (effects), make_plan() decides (pure: facts in, plan out, no file, no clock), execute()
// in media/execute.hpp performs. The take's timeline: t = 0 is its start on the server's clock; every output has
// exactly its length, less the pauses.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "media/chapters.hpp"
#include "media/clock_fit.hpp"
#include "media/layout.hpp"

namespace greenroom::media {

inline constexpr int output_rate = 48'000;
inline constexpr double take_seconds_max = 12 * 3600.0;

enum class Source { mic, raw_mic, camera, screen };  // raw_mic: the microphone, without the browser's processing
inline bool is_sound(Source source) { return source == Source::mic || source == Source::raw_mic; }
enum class Origin { local, backup };

struct StemInput {
  std::string id;
  std::string participant;
  Source source = Source::mic;
  Origin origin = Origin::local;
  std::string content_type;  // audio/x-greenroom-pcm: stem blocks; everything else: whatever libav finds
  std::filesystem::path path;
  double started_at_ms = 0;          // server time of the first frame
  std::vector<ClockAnchor> anchors;  // of audio in a container (frames at 48 kHz); blocks carry their own
};

struct ParticipantInput {
  std::string id;
  std::string name;
};

// A stretch of the take that no output has.
struct PauseInput {
  double from_ms = 0;
  double until_ms = 0;
};

// A moment that somebody wants to find again.
struct MarkerInput {
  double at_ms = 0;
  std::string label;
};

struct TakeInput {
  double started_at_ms = 0;
  double stopped_at_ms = 0;
  std::vector<ParticipantInput> participants;  // in the order of the tiles
  std::vector<StemInput> stems;
  std::vector<PauseInput> pauses;  // sorted, apart
  std::vector<MarkerInput> markers = {};
};

struct OutputSettings {
  Size canvas{1280, 720};
  int fps = 30;
  int gap = 8;
  bool captions = true;
  double target_lufs = -16;
  double true_peak_max_db = -1;
};

// A run of audio frames without a hole, in one format.
struct AudioRun {
  std::int64_t first_frame = 0;
  std::int64_t frames = 0;
  int sample_rate = 0;
  int channels = 0;
};

// How long a picture stands when no other comes. A camera that sends nothing for longer shows nothing; a screen's
// picture stays until it changes, and this long at its end.
inline constexpr double camera_hold_s = 1;
inline constexpr double screen_hold_s = 10;

// Pictures that follow one another, by the file's presentation times.
struct VideoRun {
  double first_s = 0;
  double last_s = 0;
};

struct StemFacts {
  StemInput stem;
  std::vector<AudioRun> runs;        // audio: by first_frame
  std::vector<ClockAnchor> anchors;  // audio
  Size size;                         // video
  std::vector<VideoRun> pictures;    // video: by time, at least one
  std::uint64_t damaged_bytes = 0;
  std::uint64_t blocks = 0;  // audio: pieces that could be read
};

// Part of an audio stem on the take's timeline: source frame f sounds at take second start_s + (f - first_frame) *
// step_s.
struct AudioPiece {
  std::size_t stem = 0;  // index into Plan::stems
  std::int64_t first_frame = 0;
  std::int64_t frames = 0;
  double start_s = 0;
  double step_s = 0;
  int channels = 1;
  double end_s() const { return start_s + double(frames) * step_s; }
};

// A camera needs some frames to begin, at the take's start and after each pause: where its first picture comes within
// this, it stands from the beginning.
inline constexpr double opening_hold_s = 0.5;

// A run of a video file on the take's timeline: its presentation time p shows at take second p + offset_s.
struct VideoPiece {
  std::size_t stem = 0;
  double offset_s = 0;
  double start_s = 0;
  double end_s = 0;
};

struct StemClock {
  double offset_ms = 0;  // of the first frame after the take's start
  double drift_ppm = 0;
  double residual_ms = 0;    // of the timestamps around their line
  double line_error_ms = 0;  // of the line
  int gaps = 0;
};

struct VoicePlan {
  int channels = 1;
  std::vector<AudioPiece> local = {};   // by start
  std::vector<AudioPiece> backup = {};  // sounds where local does not
};

struct ParticipantPlan {
  std::string id;
  std::string name;
  VoicePlan voice = {};
  std::optional<VoicePlan> raw = {};    // of raw_mic: a file of its own, which is not in the mix
  std::vector<VideoPiece> camera = {};  // the first that covers an instant shows
};

struct Plan {
  std::int64_t samples = 0;  // round(duration * 48000)
  std::int64_t frames = 0;   // round(duration * fps)
  double duration_s = 0;
  OutputSettings settings;
  std::vector<StemInput> stems;
  std::vector<StemClock> clocks;  // beside stems
  std::vector<ParticipantPlan> participants;
  std::vector<VideoPiece> screens;
  std::vector<Chapter> chapters = {};  // they tile the result
};

// Reads enough of the file to say what is in it. A file that is no media is an error whose `what` names the reason.
base::Result<StemFacts> survey(const StemInput& stem);

base::Result<Plan> make_plan(const TakeInput& take, const std::vector<StemFacts>& facts,
                             const OutputSettings& settings);

}  // namespace greenroom::media
