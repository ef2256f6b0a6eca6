#include "app/decrypt.hpp"

#include <cstdio>
#include <system_error>

#include "app/storage_keys.hpp"
#include "blob/encrypted_file.hpp"

namespace greenroom::app {
namespace {

namespace fs = std::filesystem;

constexpr base::ErrorCode decrypt_io{base::ErrorKind::io, "app.decrypt_io"};

base::Status print(base::ByteView bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size()) return {};
  return base::fail(decrypt_io, "standard output cannot be written");
}

base::Status decrypt_stream(const crypto::StorageKeys& keys) {
  base::Bytes piece(blob::piece_size);
  const auto read = [&](std::size_t size) {
    return base::ByteSpan(piece).first(std::fread(piece.data(), 1, size, stdin));
  };
  auto got = read(crypto::envelope_size);
  std::optional<crypto::FileCipher> cipher;
  if (crypto::is_envelope(got)) {
    GREENROOM_TRY(cipher, keys.open_envelope(got));
    got = read(piece.size());
  }
  for (std::uint64_t at = 0; !got.empty(); got = read(piece.size())) {
    if (cipher) cipher->apply(at, got);
    at += got.size();
    GREENROOM_CHECK_OK(print(got));
  }
  return {};
}

base::Status print_file(const fs::path& file, const crypto::StorageKeys& keys) {
  GREENROOM_TRY(const auto content, blob::open_content(file, keys));
  return blob::each_piece(*content, [](std::uint64_t, base::ByteSpan piece) { return print(piece); });
}

base::Status decrypt_folder(const fs::path& from, const fs::path& to, const crypto::StorageKeys& keys) {
  std::error_code error;
  auto at = fs::recursive_directory_iterator(from, fs::directory_options::follow_directory_symlink, error);
  for (; !error && at != fs::end(at); at.increment(error)) {
    const auto target = to / at->path().lexically_relative(from);
    std::error_code failed;
    if (at->is_directory(failed)) continue;
    if (!at->is_regular_file(failed)) {
      std::fprintf(stderr, "%s leads nowhere: left out\n", at->path().c_str());
      continue;
    }
    fs::create_directories(target.parent_path(), failed);
    GREENROOM_CHECK_OK(blob::decrypt_file(at->path(), target, keys));
  }
  if (error) return base::fail(decrypt_io, "the folder cannot be read", error.message());
  return {};
}

}  // namespace

base::Status decrypt(const DecryptConfig& config) {
  GREENROOM_TRY(const auto keys, read_storage_keys(config.key_file));
  if (config.from.empty()) return decrypt_stream(keys);
  if (fs::is_directory(config.from)) {
    if (!config.to.empty()) return decrypt_folder(config.from, config.to, keys);
    return base::fail(decrypt_io, "a folder needs a second folder to be decrypted into");
  }
  return config.to.empty() ? print_file(config.from, keys) : blob::decrypt_file(config.from, config.to, keys);
}

int run_decrypt(const DecryptConfig& config) {
  auto status = decrypt(config);
  if (status && std::fflush(stdout) != 0) status = base::fail(decrypt_io, "standard output cannot be written");
  if (status) return 0;
  std::fprintf(stderr, "%s: %s\n", status.error().what.c_str(), status.error().context.c_str());
  return 1;
}

}  // namespace greenroom::app
