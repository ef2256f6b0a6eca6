// The report that lies beside an episode's files, as JSON: how long, how loud, how well aligned, and where each second
// of each voice came from.
#pragma once
#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <vector>

#include "media/execute.hpp"

namespace greenroom::work {

struct StemLine {
  std::string stem_id;
  std::string participant;  // the name
  std::string source;
  std::string origin;
  double offset_ms = 0;
  double drift_ppm = 0;
  double residual_ms = 0;
  double clock_residual_ms = 0;
  int gaps = 0;
  std::int64_t samples = 0;  // of the participant's synced file
};
BOOST_DESCRIBE_STRUCT(StemLine, (),
                      (stem_id, participant, source, origin, offset_ms, drift_ppm, residual_ms, clock_residual_ms, gaps,
                       samples))

struct IntervalLine {
  double start_s = 0;
  double end_s = 0;
};
BOOST_DESCRIBE_STRUCT(IntervalLine, (), (start_s, end_s))

struct VoiceLine {
  std::string participant_id;
  std::string participant;
  std::vector<IntervalLine> filled;  // sounds from the server's backup
  std::vector<IntervalLine> silent;  // nothing was recorded
};
BOOST_DESCRIBE_STRUCT(VoiceLine, (), (participant_id, participant, filled, silent))

struct UnusableLine {
  std::string stem_id;
  std::string participant_id;
  std::string source;
  std::string origin;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(UnusableLine, (), (stem_id, participant_id, source, origin, reason))

struct TakeReport {
  int version = 1;
  double duration_s = 0;
  std::int64_t frames = 0;
  double lufs = 0;
  double true_peak_db = 0;
  double residual_ms = 0;
  std::vector<StemLine> stems;
  std::vector<VoiceLine> voices;
  std::vector<UnusableLine> unusable;
  std::vector<IntervalLine> pauses;  // seconds after the take's start; no output has them
};
BOOST_DESCRIBE_STRUCT(TakeReport, (),
                      (version, duration_s, frames, lufs, true_peak_db, residual_ms, stems, voices, unusable, pauses))

TakeReport make_report(const media::Plan& plan, const media::TakeInput& take, const media::Report& report,
                       std::vector<UnusableLine> unusable);

}  // namespace greenroom::work
