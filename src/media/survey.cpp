#include "media/audio_source.hpp"
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

base::Status survey_pictures(StemFacts& facts) {
  GREENROOM_TRY(const auto video, survey_video(facts.stem.path));
  facts.size = video.size;
  facts.first_pts_s = video.first_pts_s;
  facts.last_pts_s = video.last_pts_s;
  return {};
}

}  // namespace

base::Result<StemFacts> survey(const StemInput& stem) {
  StemFacts facts;
  facts.stem = stem;
  GREENROOM_CHECK_OK(stem.source == Source::mic ? survey_audio(facts) : survey_pictures(facts));
  return facts;
}

}  // namespace greenroom::media
