#include "blob/s3_store.hpp"

#include <fcntl.h>

#include <mutex>

#include "blob/detail/file.hpp"
#include "blob/detail/s3_copy.hpp"

namespace greenroom::blob {

namespace fs = std::filesystem;

namespace {

// A download asks for 128 kB at a time: what follows one another is fetched in larger pieces.
constexpr std::size_t window_bytes = 1 << 20;
constexpr base::Duration link_lifetime = std::chrono::hours(1);

class S3Reader final : public Reader {
 public:
  S3Reader(const S3Client& client, S3Object object) : client_(client), object_(std::move(object)) {}
  base::ByteCount size() const override { return {object_.size}; }

  base::Result<std::size_t> read(std::uint64_t offset, base::ByteSpan out) const override {
    if (offset >= object_.size) return std::size_t(0);
    out = out.first(std::size_t(std::min<std::uint64_t>(out.size(), object_.size - offset)));
    std::lock_guard guard(lock_);
    if (!holds(offset, out.size())) GREENROOM_CHECK_OK(fill(offset, out.size()));
    std::copy_n(window_.begin() + std::ptrdiff_t(offset - window_at_), out.size(), out.begin());
    return out.size();
  }

 private:
  bool holds(std::uint64_t offset, std::size_t length) const {
    return offset >= window_at_ && offset + length <= window_at_ + window_.size();
  }
  // Who goes on where the window ends will go on further; who looks somewhere gets just that.
  base::Status fill(std::uint64_t offset, std::size_t length) const {
    const bool goes_on = !window_.empty() && offset >= window_at_ && offset <= window_at_ + window_.size();
    const std::uint64_t wanted = goes_on ? std::max(length, window_bytes) : length;
    window_.resize(std::size_t(std::min(wanted, object_.size - offset)));
    window_at_ = offset;
    const auto got = client_.get(object_.key, offset, window_, object_.etag);
    if (got && *got == window_.size()) return {};
    window_.clear();
    if (!got) return tl::unexpected(got.error());
    return base::fail(error_short, "the storage gives fewer bytes than it has", object_.key);
  }

  const S3Client& client_;
  const S3Object object_;
  mutable std::mutex lock_;
  mutable base::Bytes window_;
  mutable std::uint64_t window_at_ = 0;
};

bool is_missing(const base::Error& error) { return error.code == error_missing; }

// Held by the process that moves, and let go by the kernel when it dies. Empty: another one holds it.
base::Result<std::optional<File>> take_lock(const fs::path& path) {
  GREENROOM_TRY(auto file, File::open(path, O_RDWR | O_CREAT));
  if (!file.lock()) return std::optional<File>();
  return std::optional<File>(std::move(file));
}

}  // namespace

base::Result<std::unique_ptr<S3Store>> S3Store::open(const fs::path& root, S3Options options, bool links) {
  GREENROOM_TRY(auto disk, DiskStore::open(root));
  GREENROOM_TRY(auto client, S3Client::make(std::move(options)));
  return std::unique_ptr<S3Store>(new S3Store(std::move(disk), std::move(client), links));
}

base::Result<std::unique_ptr<Writer>> S3Store::append(const Name& name, base::ByteCount at,
                                                      const crypto::Scope& scope) {
  auto writer = disk_->append(name, at, scope);
  if (writer || writer.error().code != error_short || disk_->stat(name)) return writer;
  if (const auto moved = client_.head(name.str()))
    return base::fail(error_sealed, "these bytes are sealed", name.str());
  return writer;
}

base::Result<std::unique_ptr<Reader>> S3Store::open(const Name& name) {
  auto here = disk_->open(name);
  if (here || !is_missing(here.error())) return here;
  GREENROOM_TRY(auto object, client_.head(name.str()));
  return std::make_unique<S3Reader>(client_, std::move(object));
}

base::Result<Stat> S3Store::stat(const Name& name) {
  const auto here = disk_->stat(name);
  if (here || !is_missing(here.error())) return here;
  GREENROOM_TRY(const auto object, client_.head(name.str()));
  return Stat{{object.size}, true};
}

base::Status S3Store::seal(const Name& name) {
  const auto here = disk_->seal(name);
  if (here || !is_missing(here.error())) return here;
  GREENROOM_CHECK_OK(client_.head(name.str()));
  return {};
}

base::Status S3Store::remove(const Name& name) {
  GREENROOM_CHECK_OK(disk_->remove(name));
  return client_.remove(name.str());
}

base::Result<fs::path> S3Store::fetch(const Name& name, const fs::path& folder) {
  auto here = disk_->fetch(name, folder);
  if (here || !is_missing(here.error())) return here;
  auto path = folder / file_name_of(name);
  GREENROOM_CHECK_OK(copy_from_s3(client_, name.str(), path));
  return path;
}

std::string S3Store::link(const Name& name, const LinkOptions& options) {
  if (!links_ || disk_->path_of(name)) return {};
  return client_.link(name.str(), {link_lifetime, options.content_type, options.content_disposition});
}

base::Result<std::uint64_t> S3Store::move(const Name& name, const std::function<bool()>& stop) {
  GREENROOM_TRY(const auto file, disk_->file_of(name));
  GREENROOM_TRY(const auto bytes, copy_to_s3(client_, name.str(), file, stop));
  GREENROOM_CHECK_OK(disk_->remove(name));
  return bytes;
}

base::Result<Moved> S3Store::move_sealed(const MoveRules& rules) {
  Moved moved;
  GREENROOM_TRY(const auto lock, take_lock(disk_->root() / "moving.lock"));
  if (!lock) return moved;
  GREENROOM_CHECK_OK(disk_->each_sealed([&](const Name& name) -> base::Status {
    auto status = rules.stop() ? base::Status{} : move_one(name, rules, moved);
    if (status || status.error().code.kind == base::ErrorKind::unavailable) return status;
    moved.problems.push_back(std::move(status.error()));  // of this one: the others may go
    return {};
  }));
  return moved;
}

base::Status S3Store::move_one(const Name& name, const MoveRules& rules, Moved& moved) {
  GREENROOM_TRY(const bool referenced, rules.is_referenced(name));
  if (!referenced) return ++moved.waiting, base::Status{};
  const auto bytes = move(name, rules.stop);
  if (!bytes && is_missing(bytes.error())) return {};  // removed meanwhile
  if (!bytes) return tl::unexpected(bytes.error());
  ++moved.blobs;
  moved.bytes += *bytes;
  // Who removed it while it was copied may have come before the copy was whole.
  GREENROOM_TRY(const bool still, rules.is_referenced(name));
  return still ? base::Status{} : client_.remove(name.str());
}

}  // namespace greenroom::blob
