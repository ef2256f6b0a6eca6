// Performs a plan: files in, files out, in a job process (it blocks, and uses the cores it is given). Nothing is
// written outside the given folder; a killed execution is simply started again.
#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "media/plan.hpp"
#include "media/spans.hpp"

namespace greenroom::media {

struct Execution {
  std::filesystem::path folder;  // exists and is empty
  std::function<void(std::string_view stage, double fraction)> progress = [](std::string_view, double) {};
  std::function<bool()> cancelled = [] { return false; };
};

struct Interval {
  double start_s = 0;
  double end_s = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

struct StemReport {
  std::string stem;
  std::string participant;
  double offset_ms = 0;
  double drift_ppm = 0;
  double clock_residual_ms = 0;                   // of the timestamps around their line
  std::optional<double> correlation_residual_ms;  // of local against backup; none where there was nothing to compare
  double residual_ms = 0;                         // of the alignment: by correlation, else what the timestamps allow
  int gaps = 0;
};

struct VoiceReport {
  std::filesystem::path flac;
  std::vector<Interval> filled;  // sounded from the backup
  std::vector<Interval> silent;  // nothing recorded at all
  SampleSpans local, backup;     // the same to the sample: what sounds from where; elsewhere there is silence
};

struct ParticipantReport {
  std::string id;
  std::string name;
  std::int64_t samples = 0;  // of each file
  VoiceReport voice;
  std::optional<VoiceReport> raw;
};

struct Report {
  std::filesystem::path composite;
  std::filesystem::path thumbnail;
  std::filesystem::path peaks;
  std::vector<ParticipantReport> participants;
  std::vector<StemReport> stems;
  double duration_s = 0;
  std::int64_t frames = 0;
  double lufs = 0;  // of the final mix; -70 when there is no sound
  double true_peak_db = 0;
  double residual_ms = 0;  // the worst of the local microphones
};

base::Result<Report> execute(const Plan& plan, const Execution& execution);

}  // namespace greenroom::media
