// The sum of the voices at the wanted loudness: measured, brought to the target by one gain, and held under the true
// peak by a limiter; measured again, and corrected, until both hold. Part of execute().
#pragma once
#include <filesystem>
#include <functional>
#include <span>

#include "base/result.hpp"
#include "media/loudness.hpp"
#include "media/sample_file.hpp"

namespace greenroom::media {

struct Mastered {
  SampleFile mix;  // stereo
  Loudness loudness;
};

struct MasterSettings {
  double target_lufs = -16;
  double true_peak_max_db = -1;
};

base::Result<Mastered> master(std::span<const SampleFile* const> voices, std::int64_t frames,
                              const MasterSettings& settings, const std::filesystem::path& folder);

}  // namespace greenroom::media
