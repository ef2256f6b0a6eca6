#include "media/render_audio.hpp"

#include <algorithm>
#include <cmath>

#include "media/correlate.hpp"

namespace greenroom::media {
namespace {

using base::Result;
using base::Status;

constexpr double window_s = 4;
constexpr int windows_max = 40;
constexpr int decimation = 3;                         // lags are sought at 16 kHz
constexpr std::int64_t hole_min = output_rate / 200;  // 5 ms: below, a hole is rounding between pieces
constexpr std::int64_t crossfade = output_rate / 200;
constexpr float gain_min = 0.25f, gain_max = 4;

struct Window {
  std::vector<float> samples;  // mono, 16 kHz
  double energy = 0;
};

Result<Window> read_window(const SampleFile& file, std::int64_t first, std::int64_t frames) {
  GREENROOM_TRY(const auto samples, file.read(first, frames));
  const auto channels = std::size_t(file.channels());
  Window window;
  window.samples.reserve(std::size_t(frames / decimation));
  for (std::size_t i = 0; i + decimation <= std::size_t(frames); i += decimation) {
    float sum = 0;
    for (std::size_t k = 0; k < decimation; ++k) sum += samples[(i + k) * channels];
    window.samples.push_back(sum / decimation);
    window.energy += double(sum) * double(sum);
  }
  return window;
}

// What one backup track is against the local recording of the same voice.
struct Comparison {
  double lag_ms = 0;
  float gain = 1;
  std::optional<double> residual_ms;
};

// Windows of both, spread over where both sound.
std::vector<std::int64_t> window_starts(const SampleSpans& both, std::int64_t length) {
  std::int64_t total = 0;
  for (const auto& span : both) total += span.length();
  const std::int64_t hop = std::max(length, total / windows_max);
  std::vector<std::int64_t> starts;
  for (const auto& span : both)
    for (std::int64_t at = span.first; at + length <= span.end && starts.size() < 2 * windows_max; at += hop)
      starts.push_back(at);
  return starts;
}

Result<Comparison> compare(const SampleFile& local, const SampleFile& backup, const SampleSpans& both) {
  const auto length = std::int64_t(window_s * output_rate);
  std::vector<Lag> lags;
  double local_energy = 0, backup_energy = 0;
  for (const auto start : window_starts(both, length)) {
    GREENROOM_TRY(const auto a, read_window(local, start, length));
    GREENROOM_TRY(const auto b, read_window(backup, start, length));
    auto lag = find_lag(a.samples, b.samples, {.sample_rate = output_rate / decimation});
    if (!lag) continue;
    lag->at_s += double(start) / output_rate;
    lags.push_back(*lag);
    if (lag->strength >= correlation_trusted) local_energy += a.energy, backup_energy += b.energy;
  }
  const auto fit = fit_lags(lags);
  if (!fit) return Comparison{};
  return Comparison{fit->lag_ms, std::clamp(float(std::sqrt(local_energy / backup_energy)), gain_min, gain_max),
                    fit->residual_ms};
}

// Linear from 0 to 1 over the crossfade into the hole and back.
float fill_share(std::int64_t n, const SampleSpan& hole) {
  const auto inside = std::min(n - (hole.first - crossfade), (hole.end + crossfade) - n);
  return std::clamp(float(inside) / float(crossfade), 0.0f, 1.0f);
}

class VoiceRenderer {
 public:
  VoiceRenderer(const Plan& plan, const VoicePlan& planned, const std::filesystem::path& scratch)
      : plan_(plan), planned_(planned), scratch_(scratch) {}

  Result<Voice> run() {
    GREENROOM_TRY(auto samples, create("voice"));
    Voice voice{std::move(samples), {}, {}, {}, {}};
    GREENROOM_TRY(local_, render_pieces(plan_, planned_.local, voice.samples));
    for (const auto& track : tracks()) GREENROOM_CHECK_OK(use_backup(track, voice));
    auto sounding = local_;
    sounding.insert(sounding.end(), voice.filled.begin(), voice.filled.end());
    voice.silent = holes(sounding, plan_.samples, hole_min);
    voice.local = std::move(local_);
    return voice;
  }

 private:
  Result<SampleFile> create(std::string_view extension) const {
    return SampleFile::create(std::filesystem::path(scratch_).replace_extension(extension), plan_.samples,
                              planned_.channels);
  }

  // Backup pieces of one stem belong together: they share a clock and a path through the network.
  std::vector<std::vector<AudioPiece>> tracks() const {
    std::map<std::size_t, std::vector<AudioPiece>> by_stem;
    for (const auto& piece : planned_.backup) by_stem[piece.stem].push_back(piece);
    std::vector<std::vector<AudioPiece>> out;
    for (auto& [stem, pieces] : by_stem) out.push_back(std::move(pieces));
    return out;
  }

  Status use_backup(std::span<const AudioPiece> track, Voice& voice) {
    GREENROOM_TRY(auto backup, create("backup"));
    GREENROOM_TRY(const auto sounds, render_pieces(plan_, track, backup));
    GREENROOM_TRY(const auto comparison, compare(voice.samples, backup, intersection(local_, sounds)));
    if (comparison.residual_ms)
      voice.correlation_residual_ms = std::max(voice.correlation_residual_ms.value_or(0), *comparison.residual_ms);
    auto covered = local_;
    covered.insert(covered.end(), voice.filled.begin(), voice.filled.end());
    const auto shift = std::int64_t(std::llround(comparison.lag_ms * output_rate / 1000));
    for (const auto& hole : intersection(holes(covered, plan_.samples, hole_min), shifted(sounds, -shift)))
      GREENROOM_CHECK_OK(fill(hole, backup, shift, comparison.gain, voice));
    voice.filled = joined(std::move(voice.filled));
    return {};
  }

  static SampleSpans shifted(SampleSpans spans, std::int64_t by) {
    for (auto& span : spans) span.first += by, span.end += by;
    return spans;
  }

  Status fill(const SampleSpan& hole, const SampleFile& backup, std::int64_t shift, float gain, Voice& voice) {
    constexpr std::int64_t step = output_rate;
    for (std::int64_t at = hole.first - crossfade; at < hole.end + crossfade; at += step) {
      const std::int64_t count = std::min(step, hole.end + crossfade - at);
      GREENROOM_TRY(auto mine, voice.samples.read(at, count));
      GREENROOM_TRY(const auto theirs, backup.read(at + shift, count));
      const auto channels = std::size_t(planned_.channels);
      for (std::size_t i = 0; i < mine.size(); ++i) {
        const float share = fill_share(at + std::int64_t(i / channels), hole);
        mine[i] = mine[i] * (1 - share) + theirs[i] * gain * share;
      }
      GREENROOM_CHECK_OK(voice.samples.write(at, mine));
    }
    voice.filled.push_back(hole);
    return {};
  }

  const Plan& plan_;
  const VoicePlan& planned_;
  const std::filesystem::path& scratch_;
  SampleSpans local_;
};

}  // namespace

Result<Voice> render_voice(const Plan& plan, const VoicePlan& voice, const std::filesystem::path& scratch) {
  return VoiceRenderer(plan, voice, scratch).run();
}

}  // namespace greenroom::media
