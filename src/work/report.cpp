#include "work/report.hpp"

#include <algorithm>

#include "work/describe_take.hpp"

namespace greenroom::work {
namespace {

constexpr const char* origin_names[] = {"local", "backup"};

std::vector<IntervalLine> lines_of(const std::vector<media::Interval>& intervals) {
  std::vector<IntervalLine> lines;
  for (const auto& interval : intervals) lines.push_back({interval.start_s, interval.end_s});
  return lines;
}

std::string name_of(const media::Plan& plan, const std::string& participant) {
  for (const auto& who : plan.participants)
    if (who.id == participant) return who.name;
  return participant;
}

StemLine line_of(const media::Plan& plan, const media::StemInput& stem, const media::StemReport& report) {
  const bool sounds = media::is_sound(stem.source);
  return {report.stem,
          name_of(plan, report.participant),
          source_name(stem.source),
          origin_names[int(stem.origin)],
          report.offset_ms,
          report.drift_ppm,
          report.residual_ms,
          report.clock_residual_ms,
          report.gaps,
          sounds ? plan.samples : 0};
}

}  // namespace

TakeReport make_report(const media::Plan& plan, const media::TakeInput& take, const media::Report& report,
                       std::vector<UnusableLine> unusable) {
  TakeReport out{1,
                 report.duration_s,
                 report.frames,
                 report.lufs,
                 report.true_peak_db,
                 report.residual_ms,
                 {},
                 {},
                 std::move(unusable),
                 {}};
  for (std::size_t i = 0; i < report.stems.size(); ++i)
    out.stems.push_back(line_of(plan, plan.stems[i], report.stems[i]));
  for (const auto& who : report.participants)
    out.voices.push_back({who.id, who.name, lines_of(who.voice.filled), lines_of(who.voice.silent)});
  for (const auto& pause : take.pauses)
    out.pauses.push_back({(pause.from_ms - take.started_at_ms) / 1000, (pause.until_ms - take.started_at_ms) / 1000});
  return out;
}

}  // namespace greenroom::work
