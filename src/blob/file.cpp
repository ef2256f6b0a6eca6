#include "blob/detail/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "blob/errors.hpp"

namespace greenroom::blob {

tl::unexpected<base::Error> os_failure(std::string_view doing, const std::filesystem::path& path) {
  const int code = errno;
  const std::string context = fmt::format("{} {}: {}", doing, path.string(), std::strerror(code));
  if (code == ENOENT) return base::fail(error_missing, "there are no such bytes", context);
  if (code == ENOSPC || code == EDQUOT || code == EFBIG) return base::fail(error_full, "the disk is full", context);
  return base::fail(error_io, "the disk cannot be read or written", context);
}

base::Result<File> File::open(const std::filesystem::path& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0640);
  if (fd < 0) return os_failure("open", path);
  return File(fd);
}

File::~File() {
  if (fd_ >= 0) ::close(fd_);
}

base::Result<std::uint64_t> File::size() const {
  struct stat info {};
  if (::fstat(fd_, &info) != 0) return os_failure("stat", {});
  return std::uint64_t(info.st_size);
}

base::Status File::truncate(std::uint64_t size) {
  if (::ftruncate(fd_, off_t(size)) != 0) return os_failure("truncate", {});
  return {};
}

bool File::pass_cache(bool past) {
  const int flags = ::fcntl(fd_, F_GETFL);
  return flags >= 0 && ::fcntl(fd_, F_SETFL, past ? flags | O_DIRECT : flags & ~O_DIRECT) == 0;
}

base::Status File::write_at(std::uint64_t offset, base::ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd_, bytes.data(), bytes.size(), off_t(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return os_failure("write", {});
    bytes = bytes.subspan(std::size_t(n));
    offset += std::uint64_t(n);
  }
  return {};
}

base::Result<std::size_t> File::read_at(std::uint64_t offset, base::ByteSpan out) const {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t n = ::pread(fd_, out.data() + done, out.size() - done, off_t(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return os_failure("read", {});
    if (n == 0) break;
    done += std::size_t(n);
  }
  return done;
}

base::Status File::sync_data() {
  if (::fdatasync(fd_) != 0) return os_failure("sync", {});
  return {};
}

base::Status File::sync_all() {
  if (::fsync(fd_) != 0) return os_failure("sync", {});
  return {};
}

bool File::lock() { return ::flock(fd_, LOCK_EX | LOCK_NB) == 0; }

base::Status sync_directory(const std::filesystem::path& directory) {
  GREENROOM_TRY(auto file, File::open(directory, O_RDONLY | O_DIRECTORY));
  return file.sync_all();
}

base::Status rename_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return os_failure("rename", from);
  return sync_directory(to.parent_path());
}

}  // namespace greenroom::blob
