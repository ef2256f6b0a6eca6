// The files that come out: MP4 (H.264, AAC, index first), FLAC, JPEG. Each writer is used by one thread, and only
// finish() makes its file a result.
#pragma once
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "media/chapters.hpp"
#include "media/picture.hpp"

namespace greenroom::media {

struct Mp4Settings {
  Size size;
  int fps = 30;
  int keyframe_s = 2;
  int audio_bps = 192'000;
  std::vector<Chapter> chapters = {};
};

class Mp4Writer {
 public:
  static base::Result<std::unique_ptr<Mp4Writer>> create(const std::filesystem::path& file,
                                                         const Mp4Settings& settings);
  ~Mp4Writer();
  // Frame after frame, each 1/fps long.
  base::Status write(const Picture& picture);
  // Interleaved stereo at 48 kHz, any amount.
  base::Status write(std::span<const float> stereo);
  base::Status finish();

 private:
  struct State;
  explicit Mp4Writer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class FlacWriter {
 public:
  // 48 kHz, 24 bits.
  static base::Result<std::unique_ptr<FlacWriter>> create(const std::filesystem::path& file, int channels);
  ~FlacWriter();
  base::Status write(std::span<const float> interleaved);
  base::Status finish();

 private:
  struct State;
  explicit FlacWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

base::Status write_jpeg(const std::filesystem::path& file, const Picture& picture);

}  // namespace greenroom::media
