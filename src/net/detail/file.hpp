// A file opened for sending. Blocks: used on the pool only.
#pragma once
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <utility>

#include "base/bytes.hpp"
#include "net/http.hpp"

namespace greenroom::net {

class OpenFile final : public ByteSource {
 public:
  static std::shared_ptr<OpenFile> open(const std::filesystem::path& path);  // null: no regular file there
  ~OpenFile() override { ::close(fd_); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  std::uint64_t size() const override { return size_; }
  // Fills `out` from `offset`; false when the file has become shorter or cannot be read.
  bool read(std::uint64_t offset, base::ByteSpan out) const override;

 private:
  OpenFile(int fd, std::uint64_t size) : fd_(fd), size_(size) {}
  int fd_;
  std::uint64_t size_;
};

}  // namespace greenroom::net
