// A voice (or the mix) on the take's timeline while a job works on it: floats in a file, so that hours fit, random
// access, silence where nothing was written. Removed with its owner.
#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "base/result.hpp"

namespace greenroom::media {

class SampleFile {
 public:
  static base::Result<SampleFile> create(const std::filesystem::path& file, std::int64_t frames, int channels);
  SampleFile(SampleFile&& other) noexcept;
  SampleFile& operator=(SampleFile&& other) noexcept;
  ~SampleFile();
  std::int64_t frames() const { return frames_; }
  int channels() const { return channels_; }
  // Interleaved. What lies outside [0, frames) is dropped on writing and silent on reading.
  base::Status write(std::int64_t frame, std::span<const float> samples);
  base::Result<std::vector<float>> read(std::int64_t frame, std::int64_t count) const;

 private:
  SampleFile(std::filesystem::path path, int handle, std::int64_t frames, int channels)
      : path_(std::move(path)), handle_(handle), frames_(frames), channels_(channels) {}
  std::filesystem::path path_;
  int handle_ = -1;
  std::int64_t frames_ = 0;
  int channels_ = 1;
};

}  // namespace greenroom::media
