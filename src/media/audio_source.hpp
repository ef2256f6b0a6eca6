// The sound of one stem in file order, as floats with their frame numbers, whatever it is stored in: stem blocks or a
// container that libav reads. A hole shows as a jump of first_frame. Damage is skipped and counted. Used on one thread.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace greenroom::media {

struct AudioChunk {
  std::int64_t first_frame = 0;
  int sample_rate = 0;
  int channels = 0;
  std::vector<float> samples;            // interleaved
  std::optional<double> captured_at_ms;  // of the first frame, where the format says so
  std::optional<double> stated_s = {};   // of the first frame: the container's own time
  std::int64_t frames() const { return channels ? std::int64_t(samples.size()) / channels : 0; }
};

class AudioSource {
 public:
  static base::Result<std::unique_ptr<AudioSource>> open(const std::filesystem::path& file,
                                                         std::string_view content_type);
  virtual ~AudioSource() = default;
  // Nothing at the end of what can be read.
  virtual base::Result<std::optional<AudioChunk>> next() = 0;
  virtual std::uint64_t damaged_bytes() const { return 0; }
  // How much later than it was captured a sound comes out of the decoder, where the file does not say so itself.
  virtual double delay_s() const { return 0; }
};

}  // namespace greenroom::media
