#include "blob/encrypted_file.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "blob/detail/file_reader.hpp"

namespace greenroom::blob {

namespace fs = std::filesystem;

namespace {

class DecryptingReader final : public Reader {
 public:
  DecryptingReader(std::unique_ptr<Reader> bytes, crypto::FileCipher cipher)
      : bytes_(std::move(bytes)), cipher_(std::move(cipher)) {}
  base::ByteCount size() const override { return {bytes_->size().value - crypto::envelope_size}; }
  base::Result<std::size_t> read(std::uint64_t offset, base::ByteSpan out) const override {
    if (offset >= size().value) return std::size_t(0);
    GREENROOM_TRY(const auto got, bytes_->read(crypto::envelope_size + offset, out));
    cipher_.apply(offset, out.first(got));
    return got;
  }

 private:
  const std::unique_ptr<Reader> bytes_;
  const crypto::FileCipher cipher_;
};

// A crash came before the first byte of content.
class NoContent final : public Reader {
 public:
  base::ByteCount size() const override { return {0}; }
  base::Result<std::size_t> read(std::uint64_t, base::ByteSpan) const override { return std::size_t(0); }
};

base::Result<std::unique_ptr<Reader>> open_bytes(const fs::path& file) {
  GREENROOM_TRY(auto opened, File::open(file, O_RDONLY));
  return FileReader::make(std::move(opened));
}

base::Status copy_content(const Reader& content, File& to) {
  return each_piece(content, [&](std::uint64_t at, base::ByteSpan piece) { return to.write_at(at, piece); });
}

}  // namespace

base::Status each_piece(const Reader& bytes, const TakePiece& take) {
  base::Bytes buffer(std::min<std::uint64_t>(piece_size, bytes.size().value));
  for (std::uint64_t at = 0; at < bytes.size().value;) {
    GREENROOM_TRY(const auto got, bytes.read(at, buffer));
    if (got == 0) return base::fail(error_short, "bytes are missing");
    GREENROOM_CHECK_OK(take(at, base::ByteSpan(buffer).first(got)));
    at += got;
  }
  return {};
}

base::Result<base::Bytes> beginning_of(const Reader& bytes) {
  base::Bytes start(std::min<std::uint64_t>(crypto::envelope_size, bytes.size().value));
  GREENROOM_TRY(const auto got, bytes.read(0, start));
  start.resize(got);
  return start;
}

base::Result<bool> is_encrypted(const fs::path& file) {
  GREENROOM_TRY(const auto bytes, open_bytes(file));
  return beginning_of(*bytes).map([](const base::Bytes& start) { return crypto::is_envelope(start); });
}

base::Result<std::unique_ptr<Reader>> open_content(std::unique_ptr<Reader> bytes, const crypto::StorageKeys& keys) {
  GREENROOM_TRY(const auto start, beginning_of(*bytes));
  if (!crypto::is_envelope(start)) return bytes;
  if (start.size() < crypto::envelope_size) return std::make_unique<NoContent>();
  GREENROOM_TRY(auto cipher, keys.open_envelope(start));
  return std::make_unique<DecryptingReader>(std::move(bytes), std::move(cipher));
}

base::Result<std::unique_ptr<Reader>> open_content(const fs::path& file, const crypto::StorageKeys& keys) {
  GREENROOM_TRY(auto bytes, open_bytes(file));
  return open_content(std::move(bytes), keys);
}

base::Result<std::uint64_t> content_size(const Reader& bytes) {
  GREENROOM_TRY(const auto start, beginning_of(bytes));
  return bytes.size().value - (crypto::is_envelope(start) ? start.size() : 0);
}

base::Result<std::uint64_t> content_size(const fs::path& file) {
  GREENROOM_TRY(const auto bytes, open_bytes(file));
  return content_size(*bytes);
}

base::Status encrypt_file(const fs::path& from, const fs::path& to, const crypto::NewEnvelope& made) {
  GREENROOM_TRY(const auto content, open_bytes(from));
  GREENROOM_TRY(auto out, File::open(to, O_WRONLY | O_CREAT | O_TRUNC));
  GREENROOM_CHECK_OK(out.write_at(0, made.envelope));
  return each_piece(*content, [&](std::uint64_t at, base::ByteSpan piece) {
    made.cipher.apply(at, piece);
    return out.write_at(crypto::envelope_size + at, piece);
  });
}

base::Status decrypt_file(const fs::path& from, const fs::path& to, const crypto::StorageKeys& keys) {
  GREENROOM_TRY(const auto content, open_content(from, keys));
  GREENROOM_TRY(auto out, File::open(to, O_WRONLY | O_CREAT | O_TRUNC));
  return copy_content(*content, out);
}

base::Result<ContentFile> ContentFile::open(const fs::path& file, const crypto::StorageKeys& keys,
                                            const fs::path& folder) {
  GREENROOM_TRY(const bool encrypted, is_encrypted(file));
  if (!encrypted) return ContentFile(file, -1);
  GREENROOM_TRY(const auto content, open_content(file, keys));
  std::string name = (folder / "content-XXXXXX").string();
  const int copy = ::mkostemp(name.data(), O_CLOEXEC);
  if (copy < 0) return os_failure("create", name);
  ::unlink(name.c_str());
  ContentFile out(fmt::format("/proc/self/fd/{}", copy), copy);
  GREENROOM_TRY(auto to, File::open(out.path_, O_WRONLY));
  GREENROOM_CHECK_OK(copy_content(*content, to));
  return out;
}

ContentFile::ContentFile(ContentFile&& other) noexcept
    : path_(std::move(other.path_)), copy_(std::exchange(other.copy_, -1)) {}

ContentFile::~ContentFile() {
  if (copy_ >= 0) ::close(copy_);
}

}  // namespace greenroom::blob
