#include "blob/detail/s3_copy.hpp"

#include <fcntl.h>

#include <algorithm>

#include "blob/errors.hpp"
#include "blob/s3_store.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace greenroom::blob {
namespace {

constexpr base::ErrorCode stopped{base::ErrorKind::unavailable, "blob.move_stopped"};

std::string in_quotes(std::string_view text) { return fmt::format("\"{}\"", text); }

// What S3 must say of the object when it holds the same bytes.
struct Expected {
  std::uint64_t size = 0;
  std::string etag;  // as S3 makes them: MD5, or of parts the MD5 of their MD5s and their number
  crypto::Sha256Digest sha256{};
};

// A file in parts: each read into the one buffer, and everything that is expected of the copy noted on the way.
class Source {
 public:
  Source(const File& file, std::uint64_t size)
      : file_(file), size_(size), buffer_(std::min(part_size_for(size), size)) {}

  bool more() const { return at_ < size_; }
  base::Result<base::ByteView> next() {
    const auto length = std::size_t(std::min<std::uint64_t>(buffer_.size(), size_ - at_));
    GREENROOM_TRY(const auto got, file_.read_at(at_, base::ByteSpan(buffer_).first(length)));
    if (got != length) return base::fail(error_short, "bytes are missing");
    const auto part = base::ByteView(buffer_).first(length);
    whole_.update(part);
    md5_ = crypto::md5(part);
    md5s_.insert(md5s_.end(), md5_.begin(), md5_.end());
    at_ += length;
    return part;
  }
  Expected expected_of_one() const { return {size_, in_quotes(crypto::to_hex(md5_)), whole_.digest()}; }
  Expected expected_of_parts() const {
    const auto hash = crypto::to_hex(crypto::md5(md5s_));
    return {size_, in_quotes(fmt::format("{}-{}", hash, md5s_.size() / md5_.size())), whole_.digest()};
  }

 private:
  const File& file_;
  const std::uint64_t size_;
  base::Bytes buffer_;
  std::uint64_t at_ = 0;
  crypto::Sha256 whole_;
  crypto::Md5Digest md5_{};
  base::Bytes md5s_;
};

base::Status put_parts(const S3Client& client, const std::string& key, const std::string& id, Source& source,
                       const std::function<bool()>& stop) {
  std::vector<StoredPart> parts;
  while (source.more()) {
    if (stop()) return base::fail(stopped, "the move was stopped");
    GREENROOM_TRY(const auto bytes, source.next());
    GREENROOM_TRY(auto part, client.put_part(key, id, unsigned(parts.size() + 1), bytes));
    parts.push_back(std::move(part));
  }
  const auto completed = client.complete(key, id, parts);
  // Asked twice because the first answer was lost: the upload is gone since the object is there. It is looked at next.
  if (!completed && completed.error().code != error_missing) return tl::unexpected(completed.error());
  return {};
}

// What an attempt before this one began and never finished costs money as long as it lies there.
base::Status abort_older(const S3Client& client, const std::string& key) {
  GREENROOM_TRY(const auto older, client.uploads(key));
  for (const auto& upload : older)
    if (upload.key == key) GREENROOM_CHECK_OK(client.abort(key, upload.id));
  return {};
}

base::Result<Expected> copy_in_parts(const S3Client& client, const std::string& key, Source& source,
                                     const std::function<bool()>& stop) {
  GREENROOM_CHECK_OK(abort_older(client, key));
  GREENROOM_TRY(const auto id, client.initiate(key));
  if (auto status = put_parts(client, key, id, source, stop); !status) {
    static_cast<void>(client.abort(key, id));
    return tl::unexpected(status.error());
  }
  return source.expected_of_parts();
}

base::Result<Expected> copy_at_once(const S3Client& client, const std::string& key, Source& source) {
  GREENROOM_TRY(const auto bytes, source.next());
  GREENROOM_CHECK_OK(client.put(key, bytes));
  return source.expected_of_one();
}

template <class Take>
base::Status read_all(const S3Client& client, const std::string& key, const S3Object& object, Take take) {
  base::Bytes piece(std::size_t(std::min(part_bytes_min, object.size)));
  for (std::uint64_t at = 0; at < object.size;) {
    const auto wanted = std::size_t(std::min<std::uint64_t>(piece.size(), object.size - at));
    GREENROOM_TRY(const auto got, client.get(key, at, base::ByteSpan(piece).first(wanted), object.etag));
    if (got != wanted) return base::fail(error_short, "the storage gives fewer bytes than it has", key);
    GREENROOM_CHECK_OK(take(at, base::ByteView(piece).first(got)));
    at += got;
  }
  return {};
}

base::Status verify(const S3Client& client, const std::string& key, const Expected& expected) {
  const auto found = client.head(key);
  if (!found && found.error().code == error_missing)
    return base::fail(error_not_the_same, "the copy is not there", key);
  if (!found) return tl::unexpected(found.error());
  const S3Object& object = *found;
  if (object.size == expected.size && object.etag == expected.etag) return {};
  if (object.size != expected.size) return base::fail(error_not_the_same, "the copy has another size", key);
  crypto::Sha256 hash;
  GREENROOM_CHECK_OK(read_all(client, key, object, [&](std::uint64_t, base::ByteView piece) -> base::Status {
    hash.update(piece);
    return {};
  }));
  if (hash.digest() != expected.sha256) return base::fail(error_not_the_same, "the copy has other bytes", key);
  return {};
}

}  // namespace

std::uint64_t part_size_for(std::uint64_t size) {
  constexpr std::uint64_t mebibyte = 1 << 20;
  const std::uint64_t needed = (size + parts_max - 1) / parts_max;
  return std::max(part_bytes_min, (needed + mebibyte - 1) / mebibyte * mebibyte);
}

base::Result<std::uint64_t> copy_to_s3(const S3Client& client, const std::string& key, const File& file,
                                       const std::function<bool()>& stop) {
  GREENROOM_TRY(const auto size, file.size());
  Source source(file, size);
  const bool in_parts = size > part_size_for(size);
  GREENROOM_TRY(const auto expected,
                in_parts ? copy_in_parts(client, key, source, stop) : copy_at_once(client, key, source));
  GREENROOM_CHECK_OK(verify(client, key, expected));
  return size;
}

base::Status copy_from_s3(const S3Client& client, const std::string& key, const std::filesystem::path& to) {
  GREENROOM_TRY(const auto object, client.head(key));
  GREENROOM_TRY(auto file, File::open(to, O_WRONLY | O_CREAT | O_TRUNC));
  return read_all(client, key, object,
                  [&](std::uint64_t at, base::ByteView piece) { return file.write_at(at, piece); });
}

}  // namespace greenroom::blob
