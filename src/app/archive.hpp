// A backup's file: a tar archive of named entries, written or read once from front to back by one thread. Invariant: a
// file under its own name is whole and durable; one that was not finished has gone.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace greenroom::app {

inline constexpr base::ErrorCode bad_archive{base::ErrorKind::corrupt, "app.bad_archive"};
inline constexpr base::ErrorCode archive_io{base::ErrorKind::io, "app.archive_io"};

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

class ArchiveWriter {
 public:
  // Refuses a file that is there. Readable by its owner alone: it holds the secret.
  static base::Result<ArchiveWriter> create(const std::filesystem::path& file);
  ArchiveWriter(ArchiveWriter&&) = default;
  ~ArchiveWriter();

  base::Status add(std::string_view name, std::string_view content);
  // A file that may grow meanwhile: as long as it is when it is opened. False when it is not there (any more).
  base::Result<bool> add_file(std::string_view name, const std::filesystem::path& file);
  base::Status restart();  // as if nothing had been added
  base::Status finish();

 private:
  ArchiveWriter(Descriptor out, std::filesystem::path file) : out_(std::move(out)), file_(std::move(file)) {}
  std::filesystem::path growing() const { return file_.string() + ".part"; }
  base::Status write(base::ByteView bytes);
  base::Status copy(int from, std::uint64_t size);

  Descriptor out_;
  std::filesystem::path file_;
};

class ArchiveReader {
 public:
  static base::Result<ArchiveReader> open(const std::filesystem::path& file);

  struct Entry {
    std::string name;
    std::uint64_t size = 0;
  };
  // The next entry, past what is left of this one; none at the archive's end.
  base::Result<std::optional<Entry>> next();
  // This entry as a whole, when it is at most so large.
  base::Result<std::string> content(std::size_t size_max);
  // This entry into a new file, durably.
  base::Status unpack(const std::filesystem::path& to);
  base::Status rewind();

 private:
  explicit ArchiveReader(Descriptor in) : in_(std::move(in)) {}
  base::Status read(base::ByteSpan out);
  base::Status skip();
  base::Result<std::string> read_long_name(std::uint64_t size);

  Descriptor in_;
  std::uint64_t left_ = 0;   // of this entry
  std::size_t padding_ = 0;  // after it
};

}  // namespace greenroom::app
