// Files that are perhaps encrypted (crypto/at_rest.hpp), wherever they lie: blobs, backup logs, documents of takes. Who
// opens one here sees its content either way; what begins with no envelope is its own content. Blocking.
#pragma once
#include <filesystem>
#include <functional>
#include <memory>

#include "blob/store.hpp"
#include "crypto/at_rest.hpp"

namespace greenroom::blob {

// Errors are those of the disk and of StorageKeys::open_envelope.
base::Result<std::unique_ptr<Reader>> open_content(std::unique_ptr<Reader> bytes, const crypto::StorageKeys& keys);
base::Result<std::unique_ptr<Reader>> open_content(const std::filesystem::path& file, const crypto::StorageKeys& keys);

// As many of the first bytes as an envelope has, where there are so many.
base::Result<base::Bytes> beginning_of(const Reader& bytes);
base::Result<bool> is_encrypted(const std::filesystem::path& file);

// How much it holds; no key is needed for that.
base::Result<std::uint64_t> content_size(const Reader& bytes);
base::Result<std::uint64_t> content_size(const std::filesystem::path& file);

// All of it, piece by piece; `take` may change what it is given.
inline constexpr std::size_t piece_size = 256 * 1024;
using TakePiece = std::function<base::Status(std::uint64_t at, base::ByteSpan piece)>;
base::Status each_piece(const Reader& bytes, const TakePiece& take);

// `to` is made anew with the content of `from`; nothing is durable yet.
base::Status encrypt_file(const std::filesystem::path& from, const std::filesystem::path& to,
                          const crypto::NewEnvelope& made);
base::Status decrypt_file(const std::filesystem::path& from, const std::filesystem::path& to,
                          const crypto::StorageKeys& keys);

// The content as a file, for libraries that open files by name: the file itself, or a copy in `folder` that has no name
// there and is gone with this object, or with the process.
class ContentFile {
 public:
  static base::Result<ContentFile> open(const std::filesystem::path& file, const crypto::StorageKeys& keys,
                                        const std::filesystem::path& folder = std::filesystem::temp_directory_path());
  ContentFile(ContentFile&&) noexcept;
  ContentFile& operator=(ContentFile&&) = delete;
  ~ContentFile();
  const std::filesystem::path& path() const { return path_; }

 private:
  ContentFile(std::filesystem::path path, int copy) : path_(std::move(path)), copy_(copy) {}
  std::filesystem::path path_;
  int copy_;  // its descriptor, by which `path_` names it; -1: the file itself
};

}  // namespace greenroom::blob
