#include "blob/encrypted_store.hpp"

#include <system_error>

#include "blob/detail/file.hpp"
#include "blob/encrypted_file.hpp"

namespace greenroom::blob {

namespace fs = std::filesystem;

namespace {

class EncryptingWriter final : public Writer {
 public:
  EncryptingWriter(std::unique_ptr<Writer> bytes, crypto::FileCipher cipher)
      : bytes_(std::move(bytes)), cipher_(std::move(cipher)) {}

  base::Status append(base::ByteView content) override {
    buffer_.assign(content.begin(), content.end());
    cipher_.apply(size().value, buffer_);
    return bytes_->append(buffer_);
  }
  base::Status sync() override { return bytes_->sync(); }
  base::ByteCount size() const override { return {bytes_->size().value - crypto::envelope_size}; }

 private:
  const std::unique_ptr<Writer> bytes_;
  const crypto::FileCipher cipher_;
  base::Bytes buffer_;
};

base::Result<base::Bytes> beginning_of(Store& store, const Name& name) {
  GREENROOM_TRY(const auto reader, store.open(name));
  return beginning_of(*reader);
}

}  // namespace

base::Result<std::unique_ptr<Writer>> EncryptedStore::begin(const Name& name, const crypto::Scope& scope) {
  const auto made = keys_.make_envelope(scope, rng_);
  GREENROOM_TRY(auto writer, bytes_->append(name, {0}, scope));
  GREENROOM_CHECK_OK(writer->append(made.envelope));
  return std::make_unique<EncryptingWriter>(std::move(writer), made.cipher);
}

base::Result<std::unique_ptr<Writer>> EncryptedStore::append(const Name& name, base::ByteCount at,
                                                             const crypto::Scope& scope) {
  if (at.value == 0 && !keys_.empty()) return begin(name, scope);
  if (at.value == 0) return bytes_->append(name, at, scope);
  const auto start = beginning_of(*bytes_, name);
  if (!start && start.error().code != error_missing) return tl::unexpected(start.error());
  if (!start || !crypto::is_envelope(*start)) return bytes_->append(name, at, scope);  // it grows as it began
  GREENROOM_TRY(auto cipher, keys_.open_envelope(*start));
  GREENROOM_TRY(auto writer, bytes_->append(name, {crypto::envelope_size + at.value}, scope));
  return std::make_unique<EncryptingWriter>(std::move(writer), std::move(cipher));
}

base::Result<std::unique_ptr<Reader>> EncryptedStore::open(const Name& name) {
  GREENROOM_TRY(auto bytes, bytes_->open(name));
  return open_content(std::move(bytes), keys_);
}

base::Result<Stat> EncryptedStore::of_content(const Name& name, base::Result<Stat> stat) {
  if (!stat || stat->size.value == 0) return stat;
  GREENROOM_TRY(const auto bytes, bytes_->open(name));
  GREENROOM_TRY(stat->size.value, content_size(*bytes));
  return stat;
}

base::Result<Stat> EncryptedStore::stat(const Name& name) { return of_content(name, bytes_->stat(name)); }
base::Result<Stat> EncryptedStore::stat_here(const Name& name) { return of_content(name, bytes_->stat_here(name)); }

base::Status EncryptedStore::adopt(const Name& name, const fs::path& file, const crypto::Scope& scope) {
  if (keys_.empty()) return bytes_->adopt(name, file, scope);
  fs::path encrypted = file;
  encrypted += ".encrypted";
  auto status = encrypt_file(file, encrypted, keys_.make_envelope(scope, rng_));
  if (status) status = bytes_->adopt(name, encrypted, scope);
  std::error_code ignored;
  fs::remove(status ? file : encrypted, ignored);
  return status;
}

base::Result<fs::path> EncryptedStore::fetch(const Name& name, const fs::path& folder) {
  GREENROOM_TRY(auto path, bytes_->fetch(name, folder));
  GREENROOM_TRY(const bool encrypted, is_encrypted(path));
  if (!encrypted) return path;
  fs::path content = path;
  content += ".content";
  auto status = decrypt_file(path, content, keys_);
  if (status && ::rename(content.c_str(), path.c_str()) != 0) status = os_failure("rename", content);
  if (status) return path;
  std::error_code ignored;
  fs::remove(content, ignored);
  fs::remove(path, ignored);
  return tl::unexpected(status.error());
}

std::string EncryptedStore::link(const Name& name, const LinkOptions& options) {
  auto link = bytes_->link(name, options);
  if (link.empty()) return link;
  const auto start = beginning_of(*bytes_, name);
  return start && !crypto::is_envelope(*start) ? link : std::string();
}

}  // namespace greenroom::blob
