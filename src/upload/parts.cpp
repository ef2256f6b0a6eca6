// Uploads whose bytes go to the storage directly, part by part, by links that carry their permission (S3 multipart).
// Nothing is believed of them until they have been read back: the hash that makes an upload complete is our own.
#include <algorithm>

#include "crypto/encoding.hpp"
#include "upload/detail/hold.hpp"
#include "upload/detail/table.hpp"

namespace greenroom::upload {

namespace {

constexpr base::Duration link_life = std::chrono::hours(1);
constexpr std::size_t read_back_piece = 4 << 20;
// What one request reads back: some seconds of a gigabit, well within the time that a request may take.
constexpr std::uint64_t read_back_at_once = 512 << 20;

base::Status must_be_by_parts(const UploadInfo& upload) {
  if (upload.transfer) return {};
  return base::fail(error_not_by_parts, "the bytes of this upload come to this server");
}

base::Status must_be_open(const UploadInfo& upload, base::WallTime now) {
  GREENROOM_CHECK_OK(must_be_by_parts(upload));
  if (upload.complete) return base::fail(error_completed, "the upload is complete");
  if (now >= upload.expires_at) return base::fail(error_expired, "the upload has expired");
  return {};
}

// S3 says the same, but as a refusal of the whole and after the fact.
base::Status check_sizes(const std::vector<blob::StoredPart>& parts, std::uint64_t bytes) {
  std::uint64_t sum = 0;
  for (const auto& part : parts) {
    sum += part.size;
    if (&part != &parts.back() && part.size < blob::stored_part_min)
      return base::fail(error_part, fmt::format("part {} is below {} bytes", part.number, blob::stored_part_min));
  }
  if (parts.empty()) return base::fail(error_part, "there are no parts");
  if (sum == bytes) return {};
  return base::fail(error_length, fmt::format("the parts have {} bytes together", sum));
}

}  // namespace

base::Result<UploadInfo> Uploads::begin_parts(UploadId id) {
  auto* storage = shared_->deps.store.parts();
  if (!storage) return base::fail(error_no_storage, "uploads of this server go through it: use tus");
  GREENROOM_TRY(UploadInfo upload, find(id));
  GREENROOM_TRY(upload.transfer, storage->begin(blob_name(id)));
  GREENROOM_CHECK_OK(
      shared_->deps.database.write([&](db::Transaction& tx) { return table::set_transfer(tx, id, *upload.transfer); }));
  return upload;
}

base::Result<PartLink> Uploads::part_link(UploadId id, unsigned number) {
  GREENROOM_TRY(const UploadInfo upload, find(id));
  const auto now = shared_->deps.clock();
  GREENROOM_CHECK_OK(must_be_open(upload, now));
  if (number < 1 || number > blob::stored_parts_max)
    return base::fail(error_part, fmt::format("parts are numbered from 1 to {}", blob::stored_parts_max));
  auto* storage = shared_->deps.store.parts();
  if (!storage) return base::fail(error_no_storage, "the storage of this upload is not configured any more");
  // Whoever still asks for links has not given up.
  UploadInfo moved = upload;
  moved.moved_at = now;
  moved.expires_at = now + limits().idle_life;
  GREENROOM_CHECK_OK(
      shared_->deps.database.write([&](db::Transaction& tx) { return table::advance(tx, upload, moved); }));
  return PartLink{storage->link(blob_name(id), *upload.transfer, number, link_life), now + link_life};
}

base::Result<std::vector<blob::StoredPart>> Uploads::parts(UploadId id) {
  GREENROOM_TRY(const UploadInfo upload, find(id));
  GREENROOM_CHECK_OK(must_be_by_parts(upload));
  auto* storage = shared_->deps.store.parts();
  if (upload.complete || !storage) return std::vector<blob::StoredPart>();
  auto listed = storage->list(blob_name(id), *upload.transfer);
  if (!listed && listed.error().code == blob::error_missing) return std::vector<blob::StoredPart>();  // joined
  return listed;
}

base::Result<PartsState> Uploads::complete_parts(UploadId id, const PartsEnd& end) {
  GREENROOM_CHECK_OK(find(id));
  auto [hold, lock] = Hold::claim(shared_, id, LetGo::discard);
  const Unclaim unclaim{*hold};
  GREENROOM_CHECK_OK(hold->load());
  const UploadInfo upload = hold->info();
  GREENROOM_CHECK_OK(must_be_by_parts(upload));
  if (upload.complete && upload.sha256 == end.sha256) return PartsState{upload, upload.offset};  // asked twice
  GREENROOM_CHECK_OK(must_be_open(upload, shared_->deps.clock()));
  if (upload.length.value_or(end.bytes) != end.bytes)
    return base::fail(error_length, "the upload's length is already known to be another");
  if (auto reject = refuse_creation(end.bytes, limits())) return base::fail(reject->code, reject->what);
  auto* storage = shared_->deps.store.parts();
  if (!storage) return base::fail(error_no_storage, "the storage of this upload is not configured any more");
  const auto parts = storage->list(blob_name(id), *upload.transfer);
  if (!parts && parts.error().code != blob::error_missing) return tl::unexpected(parts.error());
  if (parts) {
    GREENROOM_CHECK_OK(check_sizes(*parts, end.bytes));
    const auto joined = storage->join(blob_name(id), *upload.transfer, *parts);
    if (!joined && joined.error().code != blob::error_missing) return tl::unexpected(joined.error());
  }
  const auto verified = hold->verify_parts(end);
  if (verified) return PartsState{hold->info(), *verified};
  const auto& code = verified.error().code;
  if (code == error_checksum || code == error_wrong_media) GREENROOM_CHECK_OK(remove_claimed(upload));
  return tl::unexpected(verified.error());
}

base::Result<std::uint64_t> Hold::verify_parts(const PartsEnd& end) {
  GREENROOM_TRY(const auto reader, shared_->deps.store.open(blob_name(id_)));
  if (reader->size().value != end.bytes)
    return base::fail(error_checksum, "the stored bytes are more or fewer than was said");
  auto running = shared_->hashes.take(id_).value_or(RunningHash());
  const std::uint64_t until = std::min(end.bytes, running.bytes + read_back_at_once);
  base::Bytes piece(std::size_t(std::min<std::uint64_t>(read_back_piece, end.bytes)));
  while (running.bytes < until && !asked_) {
    GREENROOM_TRY(const std::size_t n, reader->read(running.bytes, piece));
    if (n == 0) return base::fail(blob::error_short, "the storage gives fewer bytes than it has");
    const auto bytes = base::ByteView(piece).first(n);
    if (running.bytes == 0) GREENROOM_CHECK_OK(inspect(bytes));
    running.hash.update(bytes);
    running.bytes += n;
  }
  const std::uint64_t verified = running.bytes;
  if (verified < end.bytes) return shared_->hashes.keep(id_, std::move(running)), verified;
  if (crypto::to_hex(running.hash.digest()) != end.sha256)
    return base::fail(error_checksum, "the stored bytes have another hash than was said");
  info_.length = info_.offset = end.bytes;
  hash_ = std::move(running);
  GREENROOM_CHECK_OK(complete());
  return verified;
}

}  // namespace greenroom::upload
