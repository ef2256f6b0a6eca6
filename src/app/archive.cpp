#include "app/archive.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "wire/tar.hpp"

namespace greenroom::app {
namespace {

constexpr std::size_t piece_size = 256 * 1024;

tl::unexpected<base::Error> io_failure(const std::string& what) {
  const int error = errno;
  if (error == ENOSPC || error == EDQUOT) return base::fail(archive_io, "the disk is full: " + what);
  return base::fail(archive_io, what + ": " + std::generic_category().message(error));
}

base::Status write_all(int fd, base::ByteView bytes, const std::string& what) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return io_failure(what);
    bytes = bytes.subspan(std::size_t(n));
  }
  return {};
}

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}
Descriptor::Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

base::Result<ArchiveWriter> ArchiveWriter::create(const std::filesystem::path& file) {
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored))
    return base::fail(archive_io, file.string() + " is there already; a backup is a new file");
  const std::string growing = file.string() + ".part";
  Descriptor out(::open(growing.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (out.get() < 0) return io_failure("cannot write " + growing);
  return ArchiveWriter(std::move(out), file);
}

ArchiveWriter::~ArchiveWriter() {
  if (out_.get() >= 0) ::unlink(growing().c_str());  // finish() has renamed it, or it is of no use
}

base::Status ArchiveWriter::write(base::ByteView bytes) {
  return write_all(out_.get(), bytes, "cannot write " + growing().string());
}

base::Status ArchiveWriter::add(std::string_view name, std::string_view content) {
  GREENROOM_CHECK_OK(write(wire::print_tar_header(name, content.size())));
  GREENROOM_CHECK_OK(write(base::as_bytes(content)));
  return write(base::Bytes(wire::tar_padding(content.size())));
}

base::Result<bool> ArchiveWriter::add_file(std::string_view name, const std::filesystem::path& file) {
  const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (in.get() < 0 && errno == ENOENT) return false;
  struct stat stat {};
  if (in.get() < 0 || ::fstat(in.get(), &stat) != 0) return io_failure("cannot read " + file.string());
  const auto size = std::uint64_t(stat.st_size);
  GREENROOM_CHECK_OK(write(wire::print_tar_header(name, size)));
  GREENROOM_CHECK_OK(copy(in.get(), size));
  GREENROOM_CHECK_OK(write(base::Bytes(wire::tar_padding(size))));
  return true;
}

// Exactly `size` bytes: what was cut off meanwhile (an upload's bytes that were never acknowledged) becomes zeros.
base::Status ArchiveWriter::copy(int from, std::uint64_t size) {
  base::Bytes piece(piece_size);
  while (size > 0) {
    const std::size_t wanted = std::size_t(std::min<std::uint64_t>(size, piece.size()));
    ssize_t n = ::read(from, piece.data(), wanted);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return io_failure("cannot read a recording");
    if (n == 0) std::fill(piece.begin(), piece.end(), std::uint8_t(0)), n = ssize_t(wanted);
    GREENROOM_CHECK_OK(write(base::ByteView(piece).first(std::size_t(n))));
    size -= std::uint64_t(n);
  }
  return {};
}

base::Status ArchiveWriter::restart() {
  if (::ftruncate(out_.get(), 0) != 0 || ::lseek(out_.get(), 0, SEEK_SET) != 0) return io_failure("cannot write");
  return {};
}

base::Status ArchiveWriter::finish() {
  GREENROOM_CHECK_OK(write(base::Bytes(2 * wire::tar_block)));
  if (::fsync(out_.get()) != 0) return io_failure("cannot write " + growing().string());
  if (::rename(growing().c_str(), file_.c_str()) != 0) return io_failure("cannot write " + file_.string());
  return {};
}

base::Result<ArchiveReader> ArchiveReader::open(const std::filesystem::path& file) {
  Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (in.get() < 0) return io_failure("cannot read " + file.string());
  return ArchiveReader(std::move(in));
}

base::Status ArchiveReader::read(base::ByteSpan out) {
  while (!out.empty()) {
    const ssize_t n = ::read(in_.get(), out.data(), out.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return io_failure("cannot read the backup");
    if (n == 0) return base::fail(bad_archive, "the backup is cut off");
    out = out.subspan(std::size_t(n));
  }
  return {};
}

base::Status ArchiveReader::skip() {
  const std::uint64_t rest = std::exchange(left_, 0) + std::exchange(padding_, 0);
  if (rest > 0 && ::lseek(in_.get(), off_t(rest), SEEK_CUR) < 0) return io_failure("cannot read the backup");
  return {};
}

base::Result<std::string> ArchiveReader::read_long_name(std::uint64_t size) {
  if (size > wire::max_tar_name + 1) return base::fail(bad_archive, "the backup has a name that is too long");
  base::Bytes name(size + wire::tar_padding(size));
  GREENROOM_CHECK_OK(read(name));
  return wire::tar_long_name(base::ByteView(name).first(size));
}

base::Result<std::optional<ArchiveReader::Entry>> ArchiveReader::next() {
  GREENROOM_CHECK_OK(skip());
  std::optional<std::string> long_name;
  for (;;) {
    base::Bytes block(wire::tar_block);
    GREENROOM_CHECK_OK(read(block));
    GREENROOM_TRY(auto header, wire::parse_tar_header(block));
    if (header.kind == wire::TarKind::end) return std::optional<Entry>{};
    if (header.kind == wire::TarKind::long_name) {
      GREENROOM_TRY(long_name, read_long_name(header.size));
      continue;
    }
    Entry entry{long_name.value_or(std::move(header.name)), header.size};
    if (!wire::is_tar_name(entry.name)) return base::fail(bad_archive, "the backup has a name that is not allowed");
    left_ = entry.size, padding_ = wire::tar_padding(entry.size);
    return std::optional(std::move(entry));
  }
}

base::Result<std::string> ArchiveReader::content(std::size_t size_max) {
  if (left_ > size_max) return base::fail(bad_archive, "the backup has a part that is too large");
  base::Bytes bytes(left_);
  GREENROOM_CHECK_OK(read(bytes));
  left_ = 0;
  return std::string(base::as_text(bytes));
}

base::Status ArchiveReader::unpack(const std::filesystem::path& to) {
  const Descriptor out(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  const std::string what = "cannot write " + to.string();
  if (out.get() < 0) return io_failure(what);
  base::Bytes piece(piece_size);
  while (left_ > 0) {
    const auto part = base::ByteSpan(piece).first(std::size_t(std::min<std::uint64_t>(left_, piece.size())));
    GREENROOM_CHECK_OK(read(part));
    GREENROOM_CHECK_OK(write_all(out.get(), part, what));
    left_ -= part.size();
  }
  if (::fsync(out.get()) != 0) return io_failure(what);
  return {};
}

base::Status ArchiveReader::rewind() {
  left_ = 0, padding_ = 0;
  if (::lseek(in_.get(), 0, SEEK_SET) != 0) return io_failure("cannot read the backup");
  return {};
}

}  // namespace greenroom::app
