// An open file as a Reader, as long as it was when it was opened.
#pragma once
#include "blob/detail/file.hpp"
#include "blob/store.hpp"

namespace greenroom::blob {

class FileReader final : public Reader {
 public:
  static base::Result<std::unique_ptr<Reader>> make(File file) {
    GREENROOM_TRY(const auto size, file.size());
    return std::make_unique<FileReader>(std::move(file), size);
  }
  FileReader(File file, std::uint64_t size) : file_(std::move(file)), size_(size) {}
  base::ByteCount size() const override { return {size_}; }
  base::Result<std::size_t> read(std::uint64_t offset, base::ByteSpan out) const override {
    return file_.read_at(offset, out);
  }

 private:
  const File file_;
  const std::uint64_t size_;
};

}  // namespace greenroom::blob
