// One POSIX file descriptor and the few calls the disk store makes of it, with errors as results.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace greenroom::blob {

class File {
 public:
  static base::Result<File> open(const std::filesystem::path& path, int flags);
  File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  File& operator=(File&&) = delete;
  ~File();

  base::Result<std::uint64_t> size() const;
  base::Status truncate(std::uint64_t size);
  // From now on writes go past the page cache, or through it again (O_DIRECT); false: not on this file system. Offset,
  // size and memory of what goes past it are whole pages.
  bool pass_cache(bool past);
  base::Status write_at(std::uint64_t offset, base::ByteView bytes);
  base::Result<std::size_t> read_at(std::uint64_t offset, base::ByteSpan out) const;
  base::Status sync_data();  // contents and size
  base::Status sync_all();
  bool lock();  // for this process alone, until it is closed; false: another one has it

 private:
  explicit File(int fd) : fd_(fd) {}
  int fd_;
};

// The operating system's last error as ours: no such file, no room, or another.
tl::unexpected<base::Error> os_failure(std::string_view doing, const std::filesystem::path& path);
// Makes a rename or a creation in this directory durable.
base::Status sync_directory(const std::filesystem::path& directory);
base::Status rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace greenroom::blob
