extern "C" {
#include <libavformat/avformat.h>
}

#include "media/audio_source.hpp"
#include "media/detail/av.hpp"
#include "media/error.hpp"
#include "media/plan.hpp"
#include "media/video_source.hpp"

namespace greenroom::media {
namespace {

// Blocks that follow one another are one run. A block that says it begins before the last one ended is a repetition as
// far as it overlaps.
void add_to_runs(std::vector<AudioRun>& runs, const AudioChunk& chunk) {
  const std::int64_t end = chunk.first_frame + chunk.frames();
  if (runs.empty()) {
    runs.push_back({chunk.first_frame, chunk.frames(), chunk.sample_rate, chunk.channels});
    return;
  }
  auto& last = runs.back();
  const std::int64_t last_end = last.first_frame + last.frames;
  if (end <= last_end) return;
  const bool same_format = last.sample_rate == chunk.sample_rate && last.channels == chunk.channels;
  if (same_format && chunk.first_frame <= last_end)
    last.frames = end - last.first_frame;
  else
    runs.push_back({std::max(chunk.first_frame, last_end), end - std::max(chunk.first_frame, last_end),
                    chunk.sample_rate, chunk.channels});
}

// What a browser recorded as Opus says when each packet was captured, by that browser's clock: as good as the times in
// blocks for how fast the device ran, and its beginning is as good as what the browser said of it.
class StatedTimes {
 public:
  StatedTimes(const StemFacts& facts, double delay_s)
      : wanted_(facts.stem.origin == Origin::local && facts.anchors.empty()),
        began_ms_(facts.stem.started_at_ms - delay_s * 1000) {}

  void add(const AudioChunk& chunk, std::vector<ClockAnchor>& anchors) {
    if (!wanted_ || !chunk.stated_s) return;
    if (!first_s_) first_s_ = *chunk.stated_s;
    if (!anchors.empty() && chunk.first_frame < anchors.back().frame + chunk.sample_rate / 10) return;
    anchors.push_back({chunk.first_frame, began_ms_ + (*chunk.stated_s - *first_s_) * 1000});
  }

 private:
  const bool wanted_;
  const double began_ms_;
  std::optional<double> first_s_;
};

base::Status survey_audio(StemFacts& facts) {
  GREENROOM_TRY(auto source, AudioSource::open(facts.stem.path, facts.stem.content_type));
  facts.anchors = facts.stem.anchors;
  StatedTimes stated(facts, source->delay_s());
  for (;;) {
    GREENROOM_TRY(const auto chunk, source->next());
    if (!chunk) break;
    ++facts.blocks;
    stated.add(*chunk, facts.anchors);
    add_to_runs(facts.runs, *chunk);
    const bool ascends = facts.anchors.empty() || facts.anchors.back().frame < chunk->first_frame;
    if (chunk->captured_at_ms && ascends) facts.anchors.push_back({chunk->first_frame, *chunk->captured_at_ms});
  }
  facts.damaged_bytes = source->damaged_bytes();
  if (facts.runs.empty()) return base::fail(not_media, "The recording holds no sound.", facts.stem.path.string());
  return {};
}

// Presentation times may go back a little from packet to packet.
void add_to_runs(std::vector<VideoRun>& runs, double time_s, double still_s) {
  if (time_s > runs.back().last_s + still_s)
    runs.push_back({time_s, time_s});
  else
    runs.back().last_s = std::max(runs.back().last_s, time_s);
}

// Walks the packets, decoding only the first picture: fast, and right where the header has no duration (MediaRecorder).
base::Status survey_pictures(StemFacts& facts) {
  const double still_s = facts.stem.source == Source::camera ? camera_hold_s : take_seconds_max;
  GREENROOM_TRY(auto source, VideoSource::open(facts.stem.path));
  GREENROOM_TRY(const auto first, source->next());
  if (!first) return base::fail(not_media, "The file holds no picture that can be decoded.", facts.stem.path.string());
  source->take();
  facts.size = source->size();
  facts.pictures = {{*first, *first}};
  GREENROOM_TRY(auto input, detail::open_input(facts.stem.path.string()));
  const auto packet = detail::make_packet();
  const int stream = av_find_best_stream(input.get(), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  for (; av_read_frame(input.get(), packet.get()) >= 0; av_packet_unref(packet.get()))
    if (packet->stream_index == stream && packet->pts != AV_NOPTS_VALUE)
      add_to_runs(facts.pictures, double(packet->pts) * av_q2d(input->streams[stream]->time_base), still_s);
  return {};
}

}  // namespace

base::Result<StemFacts> survey(const StemInput& stem) {
  StemFacts facts;
  facts.stem = stem;
  GREENROOM_CHECK_OK(is_sound(stem.source) ? survey_audio(facts) : survey_pictures(facts));
  return facts;
}

}  // namespace greenroom::media
