// Judges a finished file by its content, for tests, the demo's report and a look by hand.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "media/chapters.hpp"
#include "media/timecode.hpp"

namespace greenroom::media {

struct InspectOptions {
  int tiles = 0;                      // how many tiles of grid_layout to read time codes from; 0: none
  int gap = 8;                        // of that layout
  std::vector<double> tones_hz = {};  // whose power over time is wanted
  double tone_window_s = 0.1;
};

struct TileTimecodes {
  std::vector<std::optional<std::uint16_t>> numbers;  // one per frame of the file
  int unread = 0;    // frames without a readable number between the first and the last readable one
  int backward = 0;  // frames whose number is smaller than the one before
  int jumps = 0;     // frames whose number skips more than allowed_step
  int repeats = 0;   // frames with the number of the one before
  std::optional<std::uint16_t> first, last;
};

inline constexpr int timecode_allowed_step = 2;  // VFR in, CFR out: one source frame may fall between two output frames

// Fills the counts from the numbers.
void judge(TileTimecodes& tile);

struct Inspection {
  double video_s = 0;
  double audio_s = 0;
  std::int64_t video_frames = 0;
  std::int64_t audio_samples = 0;
  int width = 0;
  int height = 0;
  double fps = 0;  // 0: the file does not say
  std::string video_codec;
  std::string audio_codec;
  int sample_rate = 0;
  int channels = 0;
  bool faststart = false;  // moov before mdat
  double lufs = -70;
  double true_peak_db = -70;
  std::vector<Chapter> chapters;
  std::vector<double> frame_times_s;  // when each picture is shown
  std::vector<TileTimecodes> tiles;
  std::vector<std::vector<double>> tone_db;  // per tone, per window: dBFS
};

base::Result<Inspection> inspect(const std::filesystem::path& file, const InspectOptions& options);

}  // namespace greenroom::media
