#include "media/master.hpp"

#include <algorithm>
#include <cmath>

#include "media/limiter.hpp"
#include "media/plan.hpp"

namespace greenroom::media {
namespace {

using base::Result;
using base::Status;

constexpr std::int64_t mastered_at_once = output_rate;
constexpr int passes_max = 6;
constexpr double lufs_tolerance = 0.1;
constexpr double gain_db_max = 40;     // beyond, it is noise that would be lifted
constexpr double codec_margin_db = 1;  // AAC moves peaks by up to about this much

double from_db(double db) { return std::pow(10, db / 20); }

void add_voice(const std::vector<float>& voice, int channels, std::span<float> stereo) {
  for (std::size_t i = 0; i < stereo.size() / 2; ++i)
    for (std::size_t c = 0; c < 2; ++c)
      stereo[2 * i + c] += voice[i * std::size_t(channels) + std::min(c, std::size_t(channels) - 1)];
}

Result<SampleFile> sum(std::span<const SampleFile* const> voices, std::int64_t frames, LoudnessMeter& meter,
                       const std::filesystem::path& folder) {
  GREENROOM_TRY(auto mix, SampleFile::create(folder / "sum", frames, 2));
  for (std::int64_t at = 0; at < frames; at += mastered_at_once) {
    const auto count = std::min(mastered_at_once, frames - at);
    std::vector<float> stereo(std::size_t(2 * count), 0.0f);
    for (const auto* voice : voices) {
      GREENROOM_TRY(const auto samples, voice->read(at, count));
      add_voice(samples, voice->channels(), stereo);
    }
    meter.add(stereo);
    GREENROOM_CHECK_OK(mix.write(at, stereo));
  }
  return mix;
}

struct Settings {
  double gain_db = 0;
  double ceiling_db = 0;
};

// One pass from `in` to `out`; answers what came out.
Result<Loudness> apply(const SampleFile& in, const Settings& settings, SampleFile& out) {
  Limiter limiter(float(from_db(settings.ceiling_db)));
  LoudnessMeter meter;
  const auto gain = float(from_db(settings.gain_db));
  std::int64_t written = 0;
  const auto put = [&](const std::vector<float>& ready) -> Status {
    meter.add(ready);
    const auto at = std::exchange(written, written + std::int64_t(ready.size() / 2));
    return out.write(at, ready);
  };
  for (std::int64_t at = 0; at < in.frames(); at += mastered_at_once) {
    GREENROOM_TRY(auto stereo, in.read(at, std::min(mastered_at_once, in.frames() - at)));
    for (float& value : stereo) value *= gain;
    std::vector<float> ready;
    limiter.process(stereo, ready);
    GREENROOM_CHECK_OK(put(ready));
  }
  std::vector<float> ready;
  limiter.flush(ready);
  GREENROOM_CHECK_OK(put(ready));
  return meter.result();
}

}  // namespace

Result<Mastered> master(std::span<const SampleFile* const> voices, std::int64_t frames, const MasterSettings& wanted,
                        const std::filesystem::path& folder) {
  LoudnessMeter meter;
  GREENROOM_TRY(const auto mix, sum(voices, frames, meter, folder));
  GREENROOM_TRY(auto out, SampleFile::create(folder / "mix", frames, 2));
  const auto raw = meter.result();
  const bool silent = raw.lufs <= silence_lufs;
  const double peak_db = wanted.true_peak_max_db - codec_margin_db;
  Settings settings{silent ? 0 : std::min(wanted.target_lufs - raw.lufs, gain_db_max), peak_db};
  Loudness loudness;
  for (int pass = 0; pass < passes_max; ++pass) {
    GREENROOM_TRY(loudness, apply(mix, settings, out));
    const double low = silent ? 0 : wanted.target_lufs - loudness.lufs, high = loudness.true_peak_db - peak_db;
    if ((std::abs(low) <= lufs_tolerance || settings.gain_db >= gain_db_max) && high <= lufs_tolerance) break;
    settings.gain_db = std::min(settings.gain_db + low, gain_db_max);
    settings.ceiling_db -= std::max(0.0, high);
  }
  return Mastered{std::move(out), loudness};
}

}  // namespace greenroom::media
