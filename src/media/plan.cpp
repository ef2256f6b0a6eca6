#include "media/plan.hpp"

#include <algorithm>
#include <cmath>

#include "media/error.hpp"
#include "media/leave_out.hpp"

namespace greenroom::media {
namespace {

constexpr double gap_s_min = 0.002;

// Runs with one sample rate share a line; a device that changes its rate starts another.
struct RunGroup {
  std::span<const AudioRun> runs;
  std::int64_t end() const { return runs.back().first_frame + runs.back().frames; }
};

std::vector<RunGroup> group_by_rate(std::span<const AudioRun> runs) {
  std::vector<RunGroup> groups;
  for (std::size_t from = 0; from < runs.size();) {
    std::size_t to = from + 1;
    while (to < runs.size() && runs[to].sample_rate == runs[from].sample_rate) ++to;
    groups.push_back({runs.subspan(from, to - from)});
    from = to;
  }
  return groups;
}

std::span<const ClockAnchor> anchors_in(std::span<const ClockAnchor> anchors, std::int64_t from, std::int64_t to) {
  const auto before = [](const ClockAnchor& a, std::int64_t frame) { return a.frame < frame; };
  const auto first = std::lower_bound(anchors.begin(), anchors.end(), from, before);
  const auto last = std::lower_bound(first, anchors.end(), to, before);
  return {first, last};
}

class StemPlacer {
 public:
  StemPlacer(const TakeInput& take, const StemFacts& facts, std::size_t index)
      : take_(take), facts_(facts), index_(index) {}

  void place() {
    for (const auto& group : group_by_rate(facts_.runs)) place_group(group);
    for (std::size_t i = 1; i < facts_.runs.size(); ++i) count_gap(facts_.runs[i - 1], facts_.runs[i]);
    if (!pieces.empty()) clock.offset_ms = pieces.front().start_s * 1000;
  }

  std::vector<AudioPiece> pieces;
  StemClock clock;
  int channels = 1;

 private:
  void place_group(const RunGroup& group) {
    const auto& first = group.runs.front();
    const auto own = anchors_in(facts_.anchors, first.first_frame, group.end());
    const double fallback = facts_.stem.started_at_ms + double(first.first_frame) * 1000 / first.sample_rate;
    auto fit = fit_clock(own, first.sample_rate, fallback);
    if (own.empty()) fit.segments.front().first_frame = first.first_frame;
    fit = bridged(fit, group.end());
    fit.segments.front() = extended_to(fit.segments.front(), first.first_frame);
    for (const auto& run : group.runs) place_run(run, fit);
    if (group.end() - first.first_frame > longest_) {
      longest_ = group.end() - first.first_frame;
      clock.drift_ppm = fit.drift_ppm, clock.residual_ms = fit.residual_ms, clock.line_error_ms = fit.line_error_ms;
    }
  }

  static ClockSegment extended_to(const ClockSegment& segment, std::int64_t frame) {
    return {frame, segment.at(double(frame)), segment.ms_per_frame};
  }

  void place_run(const AudioRun& run, const ClockFit& fit) {
    channels = std::max(channels, run.channels);
    const std::int64_t run_end = run.first_frame + run.frames;
    for (std::size_t s = 0; s < fit.segments.size(); ++s) {
      const auto& segment = fit.segments[s];
      const bool last = s + 1 == fit.segments.size();
      const auto from = std::max(run.first_frame, segment.first_frame);
      const auto to = last ? run_end : std::min(run_end, fit.segments[s + 1].first_frame);
      if (to > from)
        pieces.push_back({index_, from, to - from, (segment.at(double(from)) - take_.started_at_ms) / 1000,
                          segment.ms_per_frame / 1000, run.channels});
    }
  }

  void count_gap(const AudioRun& before, const AudioRun& after) {
    const auto missing = after.first_frame - before.first_frame - before.frames;
    if (double(missing) > gap_s_min * after.sample_rate) ++clock.gaps;
  }

  const TakeInput& take_;
  const StemFacts& facts_;
  const std::size_t index_;
  std::int64_t longest_ = 0;
};

std::vector<VideoPiece> place_video(const TakeInput& take, const StemFacts& facts, std::size_t index) {
  const double offset = (facts.stem.started_at_ms - take.started_at_ms) / 1000 - facts.pictures.front().first_s;
  const double hold = facts.stem.source == Source::screen ? screen_hold_s : camera_hold_s;
  std::vector<VideoPiece> out;
  for (const auto& run : facts.pictures)
    out.push_back({index, offset, run.first_s + offset, run.last_s + offset + hold});
  return out;
}

void sort_by_start(auto& pieces) {
  std::stable_sort(pieces.begin(), pieces.end(), [](const auto& a, const auto& b) { return a.start_s < b.start_s; });
}

class Planner {
 public:
  Planner(const TakeInput& take, const std::vector<StemFacts>& facts, Plan& plan)
      : take_(take), facts_(facts), plan_(plan) {}

  void run() {
    plan_.clocks.resize(facts_.size());
    for (std::size_t i = 0; i < facts_.size(); ++i) plan_.stems.push_back(facts_[i].stem);
    for (const auto& who : take_.participants) plan_.participants.push_back(plan_for(who));
    for (const auto origin : {Origin::local, Origin::backup})
      for (const auto& piece : videos(Source::screen, origin, nullptr)) plan_.screens.push_back(piece);
  }

 private:
  ParticipantPlan plan_for(const ParticipantInput& who) {
    ParticipantPlan plan{who.id, who.name};
    plan.voice = voice_of(who, Source::mic).value_or(VoicePlan());
    plan.raw = voice_of(who, Source::raw_mic);
    for (const auto origin : {Origin::local, Origin::backup})
      for (const auto& piece : videos(Source::camera, origin, &who.id)) plan.camera.push_back(piece);
    show_from_the_start(plan.camera);
    return plan;
  }

  // Nothing where nobody recorded it.
  std::optional<VoicePlan> voice_of(const ParticipantInput& who, Source source) {
    std::optional<VoicePlan> voice;
    for (std::size_t i = 0; i < facts_.size(); ++i) {
      if (facts_[i].stem.participant != who.id || facts_[i].stem.source != source) continue;
      if (!voice) voice.emplace();
      add_audio(*voice, i);
    }
    if (voice) sort_by_start(voice->local), sort_by_start(voice->backup);
    return voice;
  }

  // A camera needs some frames to begin: its first picture stands from the take's start, rather than a placeholder that
  // flashes by.
  static void show_from_the_start(std::vector<VideoPiece>& pieces) {
    if (pieces.empty() || pieces.front().start_s > opening_hold_s) return;
    pieces.front().start_s = std::min(pieces.front().start_s, 0.0);
  }

  void add_audio(VoicePlan& voice, std::size_t index) {
    StemPlacer placer(take_, facts_[index], index);
    placer.place();
    plan_.clocks[index] = placer.clock;
    const bool local = facts_[index].stem.origin == Origin::local;
    if (local) voice.channels = std::max(voice.channels, placer.channels);
    auto& pieces = local ? voice.local : voice.backup;
    for (const auto& piece : placer.pieces)
      if (piece.end_s() > 0 && piece.start_s < plan_.duration_s) pieces.push_back(piece);
  }

  std::vector<VideoPiece> videos(Source source, Origin origin, const std::string* participant) {
    std::vector<VideoPiece> out;
    for (std::size_t i = 0; i < facts_.size(); ++i) {
      const auto& stem = facts_[i].stem;
      if (stem.source != source || stem.origin != origin || (participant && stem.participant != *participant)) continue;
      const auto pieces = place_video(take_, facts_[i], i);
      plan_.clocks[i].offset_ms = pieces.front().start_s * 1000;
      plan_.clocks[i].gaps = int(pieces.size()) - 1;
      for (const auto& piece : pieces)
        if (piece.end_s > 0 && piece.start_s < plan_.duration_s) out.push_back(piece);
    }
    sort_by_start(out);
    return out;
  }

  const TakeInput& take_;
  const std::vector<StemFacts>& facts_;
  Plan& plan_;
};

std::vector<Stretch> pauses_of(const TakeInput& take) {
  std::vector<Stretch> out;
  for (const auto& pause : take.pauses)
    out.push_back({(pause.from_ms - take.started_at_ms) / 1000, (pause.until_ms - take.started_at_ms) / 1000});
  return out;
}

}  // namespace

base::Result<Plan> make_plan(const TakeInput& take, const std::vector<StemFacts>& facts,
                             const OutputSettings& settings) {
  Plan plan;
  plan.settings = settings;
  plan.duration_s = (take.stopped_at_ms - take.started_at_ms) / 1000;
  plan.samples = std::int64_t(std::llround(plan.duration_s * output_rate));
  plan.frames = std::int64_t(std::llround(plan.duration_s * settings.fps));
  if (!(plan.duration_s > 0) || plan.frames < 1) return base::fail(bad_plan, "The take has no length.");
  if (plan.duration_s > take_seconds_max) return base::fail(bad_plan, "The take is longer than twelve hours.");
  if (take.participants.empty() || facts.empty()) return base::fail(bad_plan, "Nothing was recorded in this take.");
  Planner(take, facts, plan).run();
  plan.chapters = chapters_of(take);
  GREENROOM_CHECK_OK(leave_out(plan, pauses_of(take)));
  plan.chapters = tiled(std::move(plan.chapters), plan.duration_s);
  return plan;
}

}  // namespace greenroom::media
