#include "work/describe_take.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "wire/stem_block.hpp"

namespace greenroom::work {
namespace {

using media::SampleSpan;
using media::SampleSpans;

constexpr std::int64_t picture_rate = 1'000;
constexpr std::int64_t rounding_samples = media::output_rate / 200;  // what is shorter lies between two pieces

std::int64_t in_pictures(double seconds) { return std::int64_t(std::llround(seconds * picture_rate)); }

// [0, length) from these two, the first one first.
std::vector<ManifestInterval> tiled(const SampleSpans& local, const SampleSpans& backup, std::int64_t length) {
  std::vector<ManifestInterval> out;
  const SampleSpans whole{{0, length}};
  const auto own = media::intersection(media::joined(local), whole);
  const auto filled = media::intersection(media::joined(backup), media::holes(own, length, 1));
  auto sounding = own;
  sounding.insert(sounding.end(), filled.begin(), filled.end());
  for (const auto& span : own) out.push_back({span.first, span.end, SpanOrigin::local});
  for (const auto& span : filled) out.push_back({span.first, span.end, SpanOrigin::backup});
  for (const auto& span : media::holes(sounding, length, 1)) out.push_back({span.first, span.end, SpanOrigin::nothing});
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return out;
}

// What its maker knows of these seconds of a recording's own time line.
GapCause cause_between(const KnownStem& stem, double from_s, double to_s, GapCause otherwise) {
  GapCause cause = otherwise;
  double most = 0;
  const auto ends_before = [](const KnownGap& gap, double at_s) { return gap.end_s <= at_s; };
  auto gap = std::lower_bound(stem.gaps.begin(), stem.gaps.end(), from_s, ends_before);
  for (; gap != stem.gaps.end() && gap->start_s < to_s; ++gap)
    if (const double both = std::min(to_s, gap->end_s) - std::max(from_s, gap->start_s); both > most)
      most = both, cause = gap->cause;
  return cause;
}

// Sound that was captured follows on without a break: what is not there was lost on the way, or is damaged.
GapCause cause_of_lost_sound(const media::StemFacts& facts) {
  return facts.damaged_bytes > 0 ? GapCause::damaged : GapCause::lost;
}

// The stretches of a result that a recording has a hole in, and why.
void add_holes(const KnownStem& stem, const media::StemFacts& facts, std::span<const media::AudioPiece> pieces,
               std::size_t index, std::vector<ManifestGap>& out) {
  const media::AudioPiece* before = nullptr;
  for (const auto& piece : pieces) {
    if (piece.stem != index) continue;
    const auto sample = [](double seconds) { return std::int64_t(std::ceil(seconds * media::output_rate - 1e-6)); };
    const double rate = facts.runs.empty() ? media::output_rate : facts.runs.front().sample_rate;
    if (before && piece.start_s > before->end_s())
      out.push_back({sample(before->end_s()), sample(piece.start_s),
                     cause_between(stem, double(before->first_frame + before->frames) / rate,
                                   double(piece.first_frame) / rate, cause_of_lost_sound(facts))});
    before = &piece;
  }
}

// Why nothing is there: what covers most of it. What was never sent cannot have been lost, so that counts first.
GapCause cause_of(const ManifestInterval& silence, std::span<const ManifestGap> holes) {
  constexpr std::array order{GapCause::mute, GapCause::dtx, GapCause::damaged, GapCause::lost};
  GapCause best = silence.end - silence.first < rounding_samples ? GapCause::unknown : GapCause::not_recorded;
  std::int64_t most = (silence.end - silence.first) / 2;
  for (const auto cause : order) {
    SampleSpans covered;
    for (const auto& hole : holes)
      if (hole.cause == cause)
        covered.push_back({std::max(hole.first, silence.first), std::min(hole.end, silence.end)});
    std::int64_t total = 0;
    for (const auto& span : media::joined(std::move(covered))) total += span.length();
    if (total > most) most = total, best = cause;
  }
  return best;
}

class StemDescriber {
 public:
  StemDescriber(const TakeKnowledge& known, std::size_t participant)
      : known_(known), who_(known.plan.participants[participant]), report_(known.report.participants[participant]) {}

  StemManifest voice() const { return sound(media::Source::mic, who_.voice, report_.voice); }
  std::optional<StemManifest> raw() const {
    if (!who_.raw || !report_.raw) return std::nullopt;
    return sound(media::Source::raw_mic, *who_.raw, *report_.raw);
  }

  StemManifest pictures(media::Source source) const {
    const auto length = in_pictures(known_.plan.duration_s);
    auto out = blank(source, picture_rate, length);
    SampleSpans local, backup;
    const auto& pieces = source == media::Source::camera ? who_.camera : known_.plan.screens;
    for (const auto& piece : pieces) {
      const auto& stem = known_.plan.stems[piece.stem];
      if (stem.participant != who_.id) continue;
      auto& spans = stem.origin == media::Origin::local ? local : backup;
      spans.push_back({in_pictures(piece.start_s), in_pictures(piece.end_s)});
    }
    out.intervals = tiled(local, backup, length);
    for (const auto& interval : out.intervals)
      if (interval.from == SpanOrigin::nothing)
        out.gaps.push_back({interval.first, interval.end, cause_of_no_picture(interval, pieces)});
    out.present = present_in(out.intervals);
    return out;
  }

 private:
  StemManifest sound(media::Source source, const media::VoicePlan& planned, const media::VoiceReport& made) const {
    auto out = blank(source, media::output_rate, known_.plan.samples);
    out.intervals = tiled(made.local, made.backup, out.expected);
    out.gaps = silences(out.intervals, holes_of_recordings(source, planned));
    out.present = present_in(out.intervals);
    for (const auto& voice : known_.voices)
      if (voice.made == made.flac) out.finished = {voice.file, voice.facts.bytes, voice.facts.sha256};
    return out;
  }

  // Between two runs of one recording nobody can say whether the camera was off; the server knows it of its own.
  GapCause cause_of_no_picture(const ManifestInterval& nothing, std::span<const media::VideoPiece> pieces) const {
    for (std::size_t i = 1; i < pieces.size(); ++i) {
      const auto &before = pieces[i - 1], &after = pieces[i];
      const bool between = in_pictures(before.end_s) <= nothing.first && nothing.end <= in_pictures(after.start_s);
      const auto* stem = before.stem == after.stem && between ? used(before.stem) : nullptr;
      if (stem)
        return cause_between(*stem, before.end_s - before.offset_s, after.start_s - after.offset_s, GapCause::unknown);
    }
    return GapCause::not_recorded;
  }

  static std::vector<ManifestGap> silences(const std::vector<ManifestInterval>& intervals,
                                           const std::vector<ManifestGap>& holes) {
    std::vector<ManifestGap> out;
    std::size_t from = 0, to = 0;  // the holes that may reach into the interval: both ascend
    for (const auto& interval : intervals) {
      while (from < holes.size() && holes[from].end <= interval.first) ++from;
      to = std::max(to, from);
      while (to < holes.size() && holes[to].first < interval.end) ++to;
      if (interval.from == SpanOrigin::nothing)
        out.push_back({interval.first, interval.end, cause_of(interval, std::span(holes).subspan(from, to - from))});
    }
    return out;
  }

  std::vector<ManifestGap> holes_of_recordings(media::Source source, const media::VoicePlan& planned) const {
    std::vector<ManifestGap> out;
    for (std::size_t i = 0; i < known_.plan.stems.size(); ++i) {
      const auto* stem = used(i);
      if (!stem || stem->stem.source != source) continue;
      const bool local = stem->stem.origin == media::Origin::local;
      add_holes(*stem, known_.facts[i], local ? planned.local : planned.backup, i, out);
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return out;
  }

  StemManifest blank(media::Source source, std::int64_t rate, std::int64_t expected) const {
    StemManifest out;
    out.take_id = known_.input.take_id.str();
    out.participant_id = who_.id, out.participant = who_.name, out.source = source_name(source);
    out.rate = rate, out.expected = expected;
    for (const auto& stem : known_.stems)
      if (stem.stem.participant == who_.id && stem.stem.source == source) out.recordings.push_back(recording(stem));
    return out;
  }

  const KnownStem* used(std::size_t index) const {
    const auto& planned = known_.plan.stems[index];
    if (planned.participant != who_.id) return nullptr;
    const auto same = [&](const KnownStem& stem) { return stem.stem.id == planned.id; };
    const auto found = std::find_if(known_.stems.begin(), known_.stems.end(), same);
    return found == known_.stems.end() ? nullptr : &*found;
  }

  ManifestRecording recording(const KnownStem& stem) const {
    ManifestRecording out;
    out.stem_id = stem.stem.id;
    out.origin = stem.stem.origin == media::Origin::local ? "local" : "backup";
    out.file = stem.file, out.content_type = stem.stem.content_type;
    out.bytes = stem.facts.bytes, out.sha256 = stem.facts.sha256;
    out.complete = stem.complete, out.consented_at = stem.consented_at;
    out.started_at_ms = stem.stem.started_at_ms, out.unusable = stem.unusable;
    for (std::size_t i = 0; i < known_.plan.stems.size(); ++i)
      if (known_.plan.stems[i].id == stem.stem.id) add_measured(stem, i, out);
    return out;
  }

  void add_measured(const KnownStem& stem, std::size_t index, ManifestRecording& out) const {
    const auto& clock = known_.plan.clocks[index];
    out.offset_ms = clock.offset_ms, out.drift_ppm = clock.drift_ppm, out.clock_error_ms = clock.line_error_ms;
    const auto& facts = known_.facts[index];
    if (facts.runs.empty()) return add_measured_pictures(stem, facts, out);
    std::int64_t frames = 0;
    for (const auto& run : facts.runs) frames += run.frames;
    const auto& last = facts.runs.back();
    out.rate = facts.runs.front().sample_rate;
    out.frames = frames;
    out.expected = last.first_frame + last.frames - facts.runs.front().first_frame;
    if (stem.stem.content_type == wire::stem_block_content_type) {
      out.blocks = facts.blocks;
      out.damaged_bytes = facts.damaged_bytes;
    }
    for (std::size_t i = 1; i < facts.runs.size(); ++i) {
      const auto from = facts.runs[i - 1].first_frame + facts.runs[i - 1].frames, to = facts.runs[i].first_frame;
      const double rate = double(*out.rate);
      if (to > from)
        out.gaps.push_back(
            {from, to, cause_between(stem, double(from) / rate, double(to) / rate, cause_of_lost_sound(facts))});
    }
  }

  static void add_measured_pictures(const KnownStem& stem, const media::StemFacts& facts, ManifestRecording& out) {
    const auto since_first = [&](double at_s) { return in_pictures(at_s - facts.pictures.front().first_s); };
    out.rate = picture_rate;
    out.frames = out.expected = since_first(facts.pictures.back().last_s);
    for (std::size_t i = 1; i < facts.pictures.size(); ++i) {
      const double from_s = facts.pictures[i - 1].last_s, to_s = facts.pictures[i].first_s;
      out.gaps.push_back(
          {since_first(from_s), since_first(to_s), cause_between(stem, from_s, to_s, GapCause::unknown)});
      *out.frames -= out.gaps.back().end - out.gaps.back().first;
    }
  }

  const TakeKnowledge& known_;
  const media::ParticipantPlan& who_;
  const media::ParticipantReport& report_;
};

bool has(const TakeKnowledge& known, const std::string& participant, media::Source source) {
  return std::any_of(known.stems.begin(), known.stems.end(), [&](const KnownStem& stem) {
    return stem.stem.participant == participant && stem.stem.source == source;
  });
}

}  // namespace

const char* source_name(media::Source source) {
  constexpr std::array names{"mic", "raw_mic", "camera", "screen"};
  return names[std::size_t(source)];
}

std::vector<StemManifest> describe_stems(const TakeKnowledge& known) {
  std::vector<StemManifest> out;
  for (std::size_t i = 0; i < known.plan.participants.size(); ++i) {
    const StemDescriber describer(known, i);
    out.push_back(describer.voice());
    if (auto raw = describer.raw()) out.push_back(std::move(*raw));
    for (const auto source : {media::Source::camera, media::Source::screen})
      if (has(known, known.plan.participants[i].id, source)) out.push_back(describer.pictures(source));
  }
  return out;
}

TakeDocument describe_take(const studio::ComposeInput& input, std::vector<TakeFileLine> files) {
  TakeDocument out;
  out.take_id = input.take_id.str(), out.session_id = input.session_id.str();
  out.title = input.title;
  out.started_at_ms = input.started_at_ms, out.stopped_at_ms = input.stopped_at_ms;
  for (const auto& pause : input.pauses)
    out.pauses.push_back({pause.from_ms, pause.until_ms.value_or(input.stopped_at_ms)});
  out.files = std::move(files);
  return out;
}

}  // namespace greenroom::work
