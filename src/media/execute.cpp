#include "media/execute.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>

#include "media/encode.hpp"
#include "media/error.hpp"
#include "media/master.hpp"
#include "media/render_audio.hpp"
#include "media/scene.hpp"

namespace greenroom::media {
namespace {

using base::Result;
using base::Status;

constexpr double align_share = 0.2, mix_share = 0.1;  // of the progress; the picture has the rest
constexpr double black_luma = 30;
constexpr std::int64_t samples_per_peak_min = 480;
constexpr std::int64_t peaks_max = 2'000;

std::vector<Interval> seconds(const SampleSpans& spans) {
  std::vector<Interval> out;
  for (const auto& span : spans) out.push_back({double(span.first) / output_rate, double(span.end) / output_rate});
  return out;
}

class Executor {
 public:
  Executor(const Plan& plan, const Execution& execution) : plan_(plan), execution_(execution) {
    report_.duration_s = plan.duration_s;
    report_.frames = plan.frames;
  }

  Result<Report> run() {
    GREENROOM_CHECK_OK(align());
    GREENROOM_TRY(auto mastered, mix());
    GREENROOM_CHECK_OK(write_peaks());
    GREENROOM_CHECK_OK(compose(mastered.mix));
    report_stems();
    execution_.progress("done", 1);
    return std::move(report_);
  }

 private:
  Status check(std::string_view stage, double fraction) {
    execution_.progress(stage, fraction);
    if (execution_.cancelled()) return base::fail(cancelled, "The work was cancelled.");
    return {};
  }

  Status align() {
    for (std::size_t i = 0; i < plan_.participants.size(); ++i) {
      GREENROOM_CHECK_OK(check("align", align_share * double(i) / double(plan_.participants.size())));
      const auto& who = plan_.participants[i];
      const auto file = execution_.folder / who.id;
      GREENROOM_TRY(auto voice, render_voice(plan_, who.voice, file));
      GREENROOM_TRY(auto told, write_voice(voice, file));
      report_.participants.push_back({who.id, who.name, plan_.samples, std::move(told), {}});
      voices_.push_back(std::move(voice));
      if (!who.raw) continue;
      GREENROOM_TRY(report_.participants.back().raw, render_raw(who));
    }
    return {};
  }

  Result<VoiceReport> render_raw(const ParticipantPlan& who) {
    const auto file = execution_.folder / (who.id + "-raw");
    GREENROOM_TRY(const auto voice, render_voice(plan_, *who.raw, file));
    return write_voice(voice, file);
  }

  Result<VoiceReport> write_voice(const Voice& voice, const std::filesystem::path& file) {
    GREENROOM_TRY(auto flac, write_flac(voice, std::filesystem::path(file).replace_extension("flac")));
    return VoiceReport{std::move(flac), seconds(voice.filled), seconds(voice.silent), voice.local, voice.filled};
  }

  Result<std::filesystem::path> write_flac(const Voice& voice, std::filesystem::path path) {
    GREENROOM_TRY(auto writer, FlacWriter::create(path, voice.samples.channels()));
    for (std::int64_t at = 0; at < plan_.samples; at += output_rate) {
      GREENROOM_TRY(const auto samples,
                    voice.samples.read(at, std::min<std::int64_t>(output_rate, plan_.samples - at)));
      GREENROOM_CHECK_OK(writer->write(samples));
    }
    GREENROOM_CHECK_OK(writer->finish());
    return path;
  }

  Result<Mastered> mix() {
    GREENROOM_CHECK_OK(check("mix", align_share));
    std::vector<const SampleFile*> files;
    for (const auto& voice : voices_) files.push_back(&voice.samples);
    return master(files, plan_.samples, {plan_.settings.target_lufs, plan_.settings.true_peak_max_db},
                  execution_.folder)
        .map([this](Mastered mastered) {
          report_.lufs = mastered.loudness.lufs;
          report_.true_peak_db = mastered.loudness.true_peak_db;
          return mastered;
        });
  }

  // {"version":1,"sampleRate":48000,"samplesPerPeak":n,"peaks":[{"participantId":"..","peaks":[0..1,..]},..]}
  Status write_peaks() {
    const auto per_peak = std::max(samples_per_peak_min, (plan_.samples + peaks_max - 1) / peaks_max);
    report_.peaks = execution_.folder / "peaks.json";
    std::ofstream file(report_.peaks);
    file << fmt::format(R"({{"version":1,"sampleRate":{},"samplesPerPeak":{},"peaks":[)", output_rate, per_peak);
    for (std::size_t i = 0; i < voices_.size(); ++i) {
      file << fmt::format(R"({}{{"participantId":"{}","peaks":[)", i ? "," : "", plan_.participants[i].id);
      for (std::int64_t at = 0; at < plan_.samples; at += per_peak) {
        GREENROOM_TRY(const auto samples, voices_[i].samples.read(at, per_peak));
        float peak = 0;
        for (float value : samples) peak = std::max(peak, std::abs(value));
        file << fmt::format("{}{:.3f}", at ? "," : "", std::min(peak, 1.0f));
      }
      file << "]}";
    }
    file << "]}\n";
    file.close();
    return file ? Status() : base::fail(file_io, "The waveform cannot be written.", report_.peaks.string());
  }

  Status compose(const SampleFile& mix) {
    report_.composite = execution_.folder / "composite.mp4";
    const auto& settings = plan_.settings;
    Mp4Settings mp4{settings.canvas, settings.fps};
    mp4.chapters = plan_.chapters;
    GREENROOM_TRY(auto writer, Mp4Writer::create(report_.composite, mp4));
    Scene scene(plan_);
    const auto sample_at = [&](std::int64_t frame) { return frame * plan_.samples / plan_.frames; };
    for (std::int64_t frame = 0; frame < plan_.frames; ++frame) {
      if (frame % settings.fps == 0) GREENROOM_CHECK_OK(check("compose", composed(frame)));
      GREENROOM_TRY(const auto* picture, scene.at(double(frame) / settings.fps));
      GREENROOM_CHECK_OK(consider_thumbnail(frame, *picture));
      GREENROOM_CHECK_OK(writer->write(*picture));
      GREENROOM_TRY(const auto sound, mix.read(sample_at(frame), sample_at(frame + 1) - sample_at(frame)));
      GREENROOM_CHECK_OK(writer->write(sound));
    }
    return writer->finish();
  }

  double composed(std::int64_t frame) const {
    const double before = align_share + mix_share;
    return before + (1 - before) * 0.99 * double(frame) / double(plan_.frames);
  }

  // The first picture from a tenth of the way on that is not black; the last one if all are.
  Status consider_thumbnail(std::int64_t frame, const Picture& picture) {
    const bool last = frame + 1 == plan_.frames;
    if (!report_.thumbnail.empty() || (frame < plan_.frames / 10 && !last)) return {};
    if (!last && mean_luma(picture) < black_luma) return {};
    report_.thumbnail = execution_.folder / "thumbnail.jpg";
    return write_jpeg(report_.thumbnail, picture);
  }

  void report_stems() {
    for (std::size_t i = 0; i < plan_.stems.size(); ++i) {
      const auto& stem = plan_.stems[i];
      const auto& clock = plan_.clocks[i];
      StemReport out{stem.id, stem.participant,    clock.offset_ms, clock.drift_ppm, clock.residual_ms,
                     {},      clock.line_error_ms, clock.gaps};
      if (stem.source == Source::mic && stem.origin == Origin::local)
        out.correlation_residual_ms = correlated(stem.participant);
      out.residual_ms = out.correlation_residual_ms.value_or(clock.line_error_ms);
      if (stem.source == Source::mic && stem.origin == Origin::local)
        report_.residual_ms = std::max(report_.residual_ms, out.residual_ms);
      report_.stems.push_back(std::move(out));
    }
  }

  std::optional<double> correlated(const std::string& participant) const {
    for (std::size_t i = 0; i < voices_.size(); ++i)
      if (plan_.participants[i].id == participant) return voices_[i].correlation_residual_ms;
    return std::nullopt;
  }

  const Plan& plan_;
  const Execution& execution_;
  Report report_;
  std::vector<Voice> voices_;
};

}  // namespace

Result<Report> execute(const Plan& plan, const Execution& execution) { return Executor(plan, execution).run(); }

}  // namespace greenroom::media
