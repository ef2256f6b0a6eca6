// Writes already encoded frames into a Matroska file (backup tracks: Opus, VP8, VP9, H.264, AV1). One track, timestamps
// in seconds since the track's start, rounded to the container's millisecond.
#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "media/layout.hpp"

namespace greenroom::media {

struct MatroskaTrack {
  std::string mime_type;  // audio/opus, video/VP8, video/VP9, video/H264 (Annex B access units), video/AV1
  int sample_rate = 48'000;
  int channels = 2;
  Size size;
};

class MatroskaWriter {
 public:
  static base::Result<MatroskaWriter> open(const std::filesystem::path& file, const MatroskaTrack& track);
  MatroskaWriter(MatroskaWriter&&) noexcept;
  MatroskaWriter& operator=(MatroskaWriter&&) noexcept;
  ~MatroskaWriter();
  // Ascending time_s.
  base::Status write(base::ByteView frame, double time_s, double duration_s, bool key);
  base::Status finish();

 private:
  struct State;
  explicit MatroskaWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace greenroom::media
