#include "media/sample_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "media/error.hpp"

namespace greenroom::media {
namespace {

base::Status whole(ssize_t done, std::size_t wanted, const std::filesystem::path& path) {
  if (done == ssize_t(wanted)) return {};
  return base::fail(file_io, "There is no room for the work in progress.", path.string() + ": " + std::strerror(errno));
}

}  // namespace

base::Result<SampleFile> SampleFile::create(const std::filesystem::path& file, std::int64_t frames, int channels) {
  const int handle = ::open(file.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (handle < 0)
    return base::fail(file_io, "A working file cannot be made.", file.string() + ": " + std::strerror(errno));
  SampleFile out(file, handle, frames, channels);
  if (::ftruncate(handle, off_t(frames * channels * std::int64_t(sizeof(float)))) != 0)
    return base::fail(file_io, "There is no room for the work in progress.", file.string());
  return out;
}

SampleFile::SampleFile(SampleFile&& other) noexcept
    : path_(std::move(other.path_)),
      handle_(std::exchange(other.handle_, -1)),
      frames_(other.frames_),
      channels_(other.channels_) {}

SampleFile& SampleFile::operator=(SampleFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(handle_, other.handle_);
  std::swap(frames_, other.frames_);
  std::swap(channels_, other.channels_);
  return *this;
}

SampleFile::~SampleFile() {
  if (handle_ < 0) return;
  ::close(handle_);
  ::unlink(path_.c_str());
}

base::Status SampleFile::write(std::int64_t frame, std::span<const float> samples) {
  const auto count = std::int64_t(samples.size()) / channels_;
  const auto from = std::clamp<std::int64_t>(frame, 0, frames_),
             to = std::clamp<std::int64_t>(frame + count, 0, frames_);
  if (to <= from) return {};
  const auto part = samples.subspan(std::size_t((from - frame) * channels_), std::size_t((to - from) * channels_));
  return whole(::pwrite(handle_, part.data(), part.size_bytes(), off_t(from * channels_ * std::int64_t(sizeof(float)))),
               part.size_bytes(), path_);
}

base::Result<std::vector<float>> SampleFile::read(std::int64_t frame, std::int64_t count) const {
  std::vector<float> out(std::size_t(count * channels_), 0.0f);
  const auto from = std::clamp<std::int64_t>(frame, 0, frames_),
             to = std::clamp<std::int64_t>(frame + count, 0, frames_);
  if (to <= from) return out;
  const auto part =
      std::span(out).subspan(std::size_t((from - frame) * channels_), std::size_t((to - from) * channels_));
  GREENROOM_CHECK_OK(
      whole(::pread(handle_, part.data(), part.size_bytes(), off_t(from * channels_ * std::int64_t(sizeof(float)))),
            part.size_bytes(), path_));
  return out;
}

}  // namespace greenroom::media
