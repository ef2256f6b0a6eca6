#include "app/inspect.hpp"

#include <boost/json/serialize.hpp>
#include <cstdio>

#include "media/inspect.hpp"

namespace greenroom::app {
namespace {

namespace json = boost::json;

json::value number_or_null(const std::optional<std::uint16_t>& number) {
  return number ? json::value(*number) : json::value(nullptr);
}

json::object tile_to_json(const media::TileTimecodes& tile) {
  json::array numbers;
  for (const auto& number : tile.numbers) numbers.push_back(number_or_null(number));
  return {{"numbers", std::move(numbers)},    {"unread", tile.unread},
          {"backward", tile.backward},        {"jumps", tile.jumps},
          {"repeats", tile.repeats},          {"first", number_or_null(tile.first)},
          {"last", number_or_null(tile.last)}};
}

json::object to_json(const media::Inspection& found) {
  json::array tiles, tones, chapters;
  for (const auto& chapter : found.chapters)
    chapters.push_back(json::object{{"startS", chapter.start_s}, {"endS", chapter.end_s}, {"title", chapter.title}});
  for (const auto& tile : found.tiles) tiles.push_back(tile_to_json(tile));
  for (const auto& levels : found.tone_db) tones.push_back(json::array(levels.begin(), levels.end()));
  return {{"videoS", found.video_s},
          {"audioS", found.audio_s},
          {"videoFrames", found.video_frames},
          {"audioSamples", found.audio_samples},
          {"width", found.width},
          {"height", found.height},
          {"fps", found.fps},
          {"videoCodec", found.video_codec},
          {"audioCodec", found.audio_codec},
          {"sampleRate", found.sample_rate},
          {"channels", found.channels},
          {"faststart", found.faststart},
          {"lufs", found.lufs},
          {"truePeakDb", found.true_peak_db},
          {"chapters", std::move(chapters)},
          {"frameTimesS", json::array(found.frame_times_s.begin(), found.frame_times_s.end())},
          {"tiles", std::move(tiles)},
          {"toneDb", std::move(tones)}};
}

}  // namespace

int run_inspect(const InspectConfig& config) {
  const auto found = media::inspect(config.file, {.tiles = config.tiles, .tones_hz = config.tones_hz});
  if (!found) {
    std::fprintf(stderr, "%s\n", found.error().what.c_str());
    return 1;
  }
  std::puts(json::serialize(to_json(*found)).c_str());
  return 0;
}

}  // namespace greenroom::app
