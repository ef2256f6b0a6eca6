#include "net/detail/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

namespace greenroom::net {

std::shared_ptr<OpenFile> OpenFile::open(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // does not hang on a FIFO
  if (fd < 0) return nullptr;
  struct stat info {};
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return ::close(fd), nullptr;
  return std::shared_ptr<OpenFile>(new OpenFile(fd, std::uint64_t(info.st_size)));
}

bool OpenFile::read(std::uint64_t offset, base::ByteSpan out) const {
  while (!out.empty()) {
    const auto got = ::pread(fd_, out.data(), out.size(), off_t(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    offset += std::uint64_t(got);
    out = out.subspan(std::size_t(got));
  }
  return true;
}

}  // namespace greenroom::net
