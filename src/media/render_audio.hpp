// One microphone on the take's timeline: local pieces resampled into place, holes filled from the backup,
// which is first compared with the local recording so that it continues it to within a millisecond. Part of execute().
#pragma once
#include <filesystem>
#include <optional>

#include "base/result.hpp"
#include "media/plan.hpp"
#include "media/sample_file.hpp"
#include "media/spans.hpp"

namespace greenroom::media {

struct Voice {
  SampleFile samples;
  SampleSpans filled;  // from the backup
  SampleSpans silent;  // from nothing
  std::optional<double> correlation_residual_ms;
  SampleSpans local = {};  // from the local recording
};

// The pieces into `out`, which answers where they sound; an earlier piece is not overwritten by a later one.
base::Result<SampleSpans> render_pieces(const Plan& plan, std::span<const AudioPiece> pieces, SampleFile& out);

// What lies in between is written beside `scratch`, a path without an extension.
base::Result<Voice> render_voice(const Plan& plan, const VoicePlan& voice, const std::filesystem::path& scratch);

}  // namespace greenroom::media
