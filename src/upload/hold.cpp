#include "upload/detail/hold.hpp"

#include "crypto/encoding.hpp"
#include "upload/detail/table.hpp"

namespace greenroom::upload {

namespace {

constexpr std::size_t hash_piece = 256 * 1024;
constexpr std::uint64_t assembled_between_commits = 64 << 20;
constexpr base::Duration expiry_step = std::chrono::hours(1);  // tables are ordered by it: it moves seldom

base::Result<crypto::Sha256> hash_blob(const blob::Reader& reader) {
  crypto::Sha256 hash;
  base::Bytes piece(hash_piece);
  for (std::uint64_t at = 0;;) {
    GREENROOM_TRY(const std::size_t n, reader.read(at, piece));
    if (n == 0) return hash;
    hash.update(base::ByteView(piece).first(n));
    at += n;
  }
}

}  // namespace

std::pair<std::shared_ptr<Hold>, std::unique_lock<std::mutex>> Hold::claim(const std::shared_ptr<Shared>& shared,
                                                                           UploadId id, LetGo older) {
  auto hold = std::make_shared<Hold>(shared, id);
  std::unique_lock own(hold->lock_);  // before it can be seen: whoever claims next waits for us
  std::shared_ptr<Hold> before;
  {
    std::lock_guard guard(shared->lock);
    before = std::exchange(shared->holds[id], hold);
  }
  if (before) {
    before->asked_ = true;
    before->let_go(older);
  }
  return {std::move(hold), std::move(own)};
}

void Hold::forget() {
  std::lock_guard guard(shared_->lock);
  auto found = shared_->holds.find(id_);
  if (found != shared_->holds.end() && found->second.get() == this) shared_->holds.erase(found);
}

base::Status Hold::load() {
  auto found = shared_->deps.database.read([&](db::Transaction& tx) { return table::find(tx, id_); });
  if (!found) return tl::unexpected(found.error());
  if (!*found) return base::fail(error_unknown, "there is no such upload");
  info_ = **found;
  if (info_.complete || info_.transfer) return {};
  const bool goes_on = !info_.is_final() && info_.offset != info_.length;
  if (goes_on && shared_->files.has(id_, info_.offset)) return {};
  // A seal is only made when all bytes are there, so a sealed blob means: killed before the table heard of it.
  auto stat = shared_->deps.store.stat_here(blob_name(id_));
  const bool sealed = stat && stat->sealed;
  if (sealed && info_.length.value_or(stat->size.value) != stat->size.value) {
    return base::fail(blob::error_short, "the stored bytes contradict the upload's length");
  }
  if (!sealed && info_.offset != info_.length) return info_.is_final() ? assemble() : base::Status{};
  if (sealed) info_.length = info_.offset = stat->size.value;
  return complete();
}

// Whoever asks for the upload takes it over here as well, and goes on from the last commit.
base::Status Hold::assemble() {
  GREENROOM_CHECK_OK(open_writer());
  std::uint64_t skip = info_.offset;
  for (UploadId partial : info_.partials) {
    auto status = append_partial(partial, skip);
    if (status) continue;
    (void)checkpoint();
    close();
    return status;
  }
  return save();
}

base::Status Hold::append_partial(UploadId partial, std::uint64_t& skip) {
  GREENROOM_TRY(const auto reader, shared_->deps.store.open(blob_name(partial)));
  const std::uint64_t size = reader->size().value;
  base::Bytes piece(hash_piece);
  for (std::uint64_t at = std::exchange(skip, skip - std::min(skip, size)); at < size;) {
    if (asked_) return base::fail(error_preempted, "a newer request took this upload over");
    GREENROOM_TRY(const std::size_t n, reader->read(at, piece));
    if (n == 0) return base::fail(blob::error_short, "bytes of a partial upload are missing");
    const auto bytes = base::ByteView(piece).first(n);
    GREENROOM_CHECK_OK(inspect(bytes));
    GREENROOM_CHECK_OK(append(bytes));
    if (written() - info_.offset >= assembled_between_commits) GREENROOM_CHECK_OK(checkpoint());
    at += n;
  }
  return {};
}

base::Status Hold::begin(const Append& decision, const std::optional<wire::Checksum>& checksum) {
  room_ = info_.offset + decision.room;
  if (checksum) checksum_.emplace(*checksum);
  if (info_.complete) return {};
  // A length that is declared now goes into the table with the bytes: a request that is refused leaves no trace.
  declared_ = info_.length != decision.length;
  info_.length = decision.length;
  return open_writer();
}

base::Status Hold::open_writer() {
  if (auto file = shared_->files.take(id_, info_.offset)) {
    writer_ = std::move(*file);
  } else {
    GREENROOM_TRY(writer_, shared_->deps.store.append(blob_name(id_), {info_.offset}, info_.scope));
  }
  hash_ = info_.offset == 0 ? std::optional(RunningHash{}) : shared_->hashes.take(id_, info_.offset);
  if (info_.offset > 0 && info_.offset < inspect_bytes) {
    GREENROOM_TRY(auto reader, shared_->deps.store.open(blob_name(id_)));
    head_.resize(info_.offset);
    GREENROOM_CHECK_OK(reader->read(0, head_));
  }
  return {};
}

base::Status Hold::inspect(base::ByteView piece) {
  if (written() >= inspect_bytes || !shared_->hooks.inspect || info_.is_partial()) return {};
  base::Bytes head = head_;
  const auto more = piece.first(std::min(piece.size(), inspect_bytes - head.size()));
  head.insert(head.end(), more.begin(), more.end());
  GREENROOM_CHECK_OK(shared_->hooks.inspect(info_, head));
  head_ = std::move(head);
  return {};
}

base::Status Hold::write(base::ByteView piece) {
  std::lock_guard guard(lock_);
  if (released_) return base::fail(error_preempted, "a newer request took this upload over");
  if (piece.empty()) return {};
  if (piece.size() > room_ - written()) return base::fail(error_too_large, "more bytes than the upload has room for");
  GREENROOM_CHECK_OK(inspect(piece));
  GREENROOM_CHECK_OK(append(piece));
  if (checksum_) {
    checksum_->update(piece);
    return {};
  }
  const base::WallTime now = shared_->deps.clock();
  if (!unsaved_) unsaved_ = now;
  if (checkpoint_due({written() - info_.offset, now - *unsaved_})) return checkpoint();
  return {};
}

base::Status Hold::append(base::ByteView piece) {
  GREENROOM_CHECK_OK(writer_->append(piece));
  if (!hash_) return {};
  shared_->hashing.update(hash_->hash, piece);
  hash_->bytes += piece.size();
  return {};
}

base::Result<UploadInfo> Hold::finish(BodyEnd end) {
  std::lock_guard guard(lock_);
  if (released_) return base::fail(error_preempted, "a newer request took this upload over");
  if (checksum_ && !checksum_->matches()) {
    discard();
    close();
    return base::fail(error_checksum, "the bytes that arrived do not have this checksum");
  }
  checksum_.reset();
  if (end == BodyEnd::of_upload && !info_.length) {
    info_.length = written();
    declared_ = true;
  }
  auto status = save();
  close();
  if (!status) return tl::unexpected(status.error());
  return info_;
}

void Hold::let_go(LetGo how) {
  std::lock_guard guard(lock_);
  if (released_) return;
  if (how == LetGo::keep && !checksum_ && writer_ && written() > info_.offset) {
    if (auto status = save(); !status) {
      shared_->deps.log.warning("upload.unsaved", {{"upload", id_.str()}, {"error", status.error().what}});
    }
  }
  close();
}

// What no checksum vouches for goes: from the disk here, from the table it never was.
void Hold::discard() {
  writer_.reset();
  hash_.reset();
  if (!info_.complete) (void)shared_->deps.store.append(blob_name(id_), {info_.offset}, info_.scope);
}

void Hold::close() {
  if (hash_ && hash_->bytes == info_.offset && !info_.complete && info_.offset > 0) {
    shared_->hashes.keep(id_, std::move(*hash_));
  }
  if (writer_ && written() == info_.offset && !info_.complete) shared_->files.keep(id_, std::move(writer_));
  hash_.reset();
  writer_.reset();
  released_ = true;
}

base::Status Hold::save() {
  if (info_.complete) return {};
  if (info_.length != written()) return checkpoint();
  GREENROOM_CHECK_OK(writer_->sync());
  info_.offset = written();
  return complete();
}

base::Status Hold::checkpoint() {
  unsaved_.reset();
  if (written() == info_.offset && !declared_) return {};
  GREENROOM_CHECK_OK(writer_->sync());  // bytes durable, then offset
  UploadInfo moved = info_;
  moved.offset = written();
  moved.moved_at = shared_->deps.clock();
  const auto expires_at = moved.moved_at + shared_->deps.limits.idle_life;
  if (expires_at - info_.expires_at >= expiry_step) moved.expires_at = expires_at;
  GREENROOM_CHECK_OK(
      shared_->deps.database.write([&](db::Transaction& tx) { return table::advance(tx, info_, moved); }));
  info_ = std::move(moved);
  declared_ = false;
  return {};
}

base::Result<std::string> Hold::whole_hash() {
  if (hash_ && hash_->bytes == info_.offset) return crypto::to_hex(hash_->hash.digest());
  GREENROOM_TRY(auto reader, shared_->deps.store.open(blob_name(id_)));
  GREENROOM_TRY(const auto hash, hash_blob(*reader));
  return crypto::to_hex(hash.digest());
}

// All bytes are durable and offset and length agree. Seal, then tell: killed in between, load() finds the seal.
base::Status Hold::complete() {
  if (*info_.length == 0) GREENROOM_CHECK_OK(shared_->deps.store.append(blob_name(id_), {0}, info_.scope));
  writer_.reset();
  if (!info_.is_partial()) GREENROOM_CHECK_OK(shared_->deps.store.seal(blob_name(id_)));  // it stays here and goes soon
  GREENROOM_TRY(info_.sha256, whole_hash());
  UploadInfo whole = info_;
  whole.complete = true;
  whole.moved_at = shared_->deps.clock();
  const auto stored = shared_->deps.database.write([&](db::Transaction& tx) -> base::Status {
    GREENROOM_CHECK_OK(table::complete(tx, whole));
    if (whole.is_partial()) return {};
    const auto used = whole.moved_at + shared_->deps.limits.used_partial_life;
    GREENROOM_CHECK_OK(table::expire_earlier(tx, whole.partials, used));
    return shared_->hooks.completed ? shared_->hooks.completed(tx, whole) : base::Status{};
  });
  if (!stored) return stored;
  info_ = std::move(whole);
  return {};
}

}  // namespace greenroom::upload
