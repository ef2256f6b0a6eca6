// Resumable uploads: the table, the growing blobs and the requests that write to them. app owns the one Uploads; called
// on the blocking pool from any thread. Invariants: bytes are durable before the offset in the table covers them, and
// the offset is in the table before anybody is told of it; at most one Appender of an upload writes (a newer one takes
// over, the older one's next write fails with error_preempted); an upload completes once, in one transaction with
// whatever its completion causes. kill -9 at any point loses no acknowledged byte.
#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/log.hpp"
#include "base/rng.hpp"
#include "blob/store.hpp"
#include "db/db.hpp"
#include "db/migrate.hpp"
#include "upload/decide.hpp"

namespace greenroom::upload {

std::span<const db::Migration> migrations();

// Where the bytes of an upload are, growing or complete: "uploads/<id>".
blob::Name blob_name(UploadId id);

struct NewUpload {
  std::string owner;
  std::string content_type;
  std::string metadata;
  std::optional<std::uint64_t> length;
  // tus concatenation: Upload-Concat as sent, and of a final upload what it is made of: complete partial uploads of the
  // same owner, of which one may come twice. Its length is theirs.
  std::string concat = {};
  std::vector<UploadId> partials = {};
  crypto::Scope scope = {};
};

// What whoever put the parts into the storage says of the whole.
struct PartsEnd {
  std::uint64_t bytes = 0;
  std::string sha256;  // lower-case hex
};
struct PartsState {
  UploadInfo upload;
  std::uint64_t verified = 0;  // bytes that have been read back; all of them when the upload is complete
};
struct PartLink {
  std::string url;
  base::WallTime expires_at;
};

// Whether the end of a request's body is the end of the upload, whose length nobody has told before.
enum class BodyEnd { of_request, of_upload };

// What others want to know, called on the thread that writes.
struct Hooks {
  // The first bytes of an upload as far as they have come, at most inspect_bytes; asked again while more of them come.
  // An error refuses the piece that brought them: nothing of it is kept and the request fails with the error.
  std::function<base::Status(const UploadInfo&, base::ByteView head)> inspect;
  // In the transaction that completes the upload. An error undoes the completion.
  std::function<base::Status(db::Transaction&, const UploadInfo&)> completed;
};
inline constexpr std::size_t inspect_bytes = 16;

struct Dependencies {
  db::Database& database;
  blob::Store& store;
  std::function<base::WallTime()> clock;  // thread-safe
  base::Rng& rng;                         // thread-safe
  base::LogSink& log;
  Limits limits;
};

struct Shared;  // detail: what Uploads and its Appenders have in common
class Hold;     // detail: the right to write to one upload, and what a writer knows of it

// One request's writing. Used by one thread at a time. Destroyed without finish(): as abort().
class Appender {
 public:
  explicit Appender(std::shared_ptr<Hold> hold);
  ~Appender();
  Appender(const Appender&) = delete;
  Appender& operator=(const Appender&) = delete;

  // Fails with error_preempted, error_too_large (the piece does not fit; nothing of it is kept), what inspect said, or
  // an error of the disk. What was written before stays.
  base::Status write(base::ByteView piece);
  // The body has ended: everything durable, offset advanced, the upload completed when it is whole. With a checksum
  // that does not match: error_checksum, and nothing of the body is kept.
  base::Result<UploadInfo> finish(BodyEnd end = BodyEnd::of_request);
  // The connection died: the same, but nobody is told; of a body with a checksum nothing is kept.
  void abort();

 private:
  std::shared_ptr<Hold> hold_;
};

class Uploads {
 public:
  explicit Uploads(Dependencies dependencies);
  ~Uploads();
  void set_hooks(Hooks hooks);  // before the first request

  base::Result<UploadInfo> create(const NewUpload& upload);
  base::Result<UploadInfo> create(db::Transaction& tx, const NewUpload& upload);  // in the caller's transaction
  base::Result<UploadInfo> find(UploadId id);                                     // disturbs nobody
  base::Result<UploadInfo> find(db::Transaction& tx, UploadId id);
  // For HEAD: who asks where to go on has given up on older requests, so they are stopped and settled first; the offset
  // in the answer stays true until the next append. A final upload is put together, if it is not yet.
  base::Result<UploadInfo> head(UploadId id);
  base::Result<std::unique_ptr<Appender>> open_append(UploadId id, const Patch& patch);
  // The same for who has just found it.
  base::Result<std::unique_ptr<Appender>> open_append(const UploadInfo& seen, const Patch& patch);
  // Uploads by parts (parts.cpp): their maker puts them into the storage by links, where it has such
  // (error_no_storage).
  base::Result<UploadInfo> begin_parts(UploadId id);  // of an upload that has been made and has no bytes
  base::Result<PartLink> part_link(UploadId id, unsigned number);
  base::Result<std::vector<blob::StoredPart>> parts(UploadId id);  // the storage's own list is the truth
  // Joins the parts, then reads them back: the upload is complete when size and hash are what its maker says. At most
  // so many bytes are read by one call: until `verified` is all of them, call again. Bytes that are not the same are
  // removed, and the upload with them (error_checksum).
  base::Result<PartsState> complete_parts(UploadId id, const PartsEnd& end);

  // Stops writers, removes row and bytes. A complete upload is removed as well.
  base::Status terminate(UploadId id);
  // Removes what has expired and is not complete, and partial uploads in any case. The number removed.
  base::Result<std::size_t> remove_expired(base::WallTime now);

  const Limits& limits() const;

 private:
  base::Status remove_claimed(const UploadInfo& upload);
  base::Result<std::uint64_t> joined_length(db::Transaction& tx, const NewUpload& upload, base::WallTime now);
  std::shared_ptr<Shared> shared_;
};

}  // namespace greenroom::upload
