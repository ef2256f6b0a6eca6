// The right to write to one upload. At most one Hold of an upload is live: whoever claims the next one makes the older
// let go first. A Hold is shared by the registry (which may take it away from another thread) and the request that
// writes; its lock is held for one piece at a time, so letting go takes no longer than that.
#pragma once
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "blob/store.hpp"
#include "crypto/hash.hpp"
#include "upload/detail/checksum_check.hpp"
#include "upload/detail/kept.hpp"
#include "upload/detail/shared_hashing.hpp"
#include "upload/uploads.hpp"

namespace greenroom::upload {

// The running hash of an upload's first `bytes` bytes.
struct RunningHash {
  std::uint64_t bytes = 0;
  crypto::Sha256 hash;
};
inline std::uint64_t bytes_of(const RunningHash& hash) { return hash.bytes; }
inline std::uint64_t bytes_of(const std::unique_ptr<blob::Writer>& file) { return file->size().value; }

enum class LetGo { keep, discard };  // what was written since the last checkpoint

class Hold {
 public:
  Hold(std::shared_ptr<Shared> shared, UploadId id) : shared_(std::move(shared)), id_(id) {}

  // Makes the hold the upload's only one. With `older`, what its predecessor does with unsaved bytes. The lock is
  // taken.
  static std::pair<std::shared_ptr<Hold>, std::unique_lock<std::mutex>> claim(const std::shared_ptr<Shared>& shared,
                                                                              UploadId id, LetGo older);
  void forget();  // out of the registry

  // With the lock taken:
  // From the table; finishes a completion that a crash cut short, and puts a final upload together.
  base::Status load();
  base::Status begin(const Append& decision, const std::optional<wire::Checksum>& checksum);  // opens the blob
  // Goes on reading back what the storage has, and completes the upload at its end. The bytes that have been read.
  base::Result<std::uint64_t> verify_parts(const PartsEnd& end);
  const UploadInfo& info() const { return info_; }
  std::mutex& lock() { return lock_; }

  // Each takes the lock:
  base::Status write(base::ByteView piece);
  base::Result<UploadInfo> finish(BodyEnd end);
  void let_go(LetGo how);

 private:
  std::uint64_t written() const { return writer_ ? writer_->size().value : info_.offset; }
  base::Status open_writer();
  base::Status inspect(base::ByteView piece);
  base::Status append(base::ByteView piece);
  base::Status assemble();
  base::Status append_partial(UploadId partial, std::uint64_t& skip);
  void discard();
  base::Status save();  // checkpoint, and completion when whole
  base::Status checkpoint();
  base::Status complete();
  base::Result<std::string> whole_hash();
  void close();

  const std::shared_ptr<Shared> shared_;
  const UploadId id_;
  std::mutex lock_;
  bool released_ = false;
  UploadInfo info_;
  std::uint64_t room_ = 0;
  bool declared_ = false;  // info_.length is not in the table yet
  std::unique_ptr<blob::Writer> writer_;
  base::Bytes head_;                       // the first bytes, until inspect_bytes are there
  std::optional<RunningHash> hash_;        // absent: lost, computed anew at the end
  std::optional<base::WallTime> unsaved_;  // since when
  std::optional<ChecksumCheck> checksum_;  // until it has matched nothing is acknowledged
  std::atomic<bool> asked_ = false;        // somebody waits for us to let go
};

// Ends a claim that leads to no writing.
struct Unclaim {
  Hold& hold;
  ~Unclaim() { hold.forget(); }
};

struct Shared {
  explicit Shared(Dependencies dependencies) : deps(std::move(dependencies)) {}
  Dependencies deps;
  Hooks hooks;
  std::mutex lock;  // of the holds
  std::map<UploadId, std::shared_ptr<Hold>> holds;
  SharedHashing hashing;
  // Some 120 bytes each. A forgotten one costs a second read of the file when it is complete.
  Kept<RunningHash, bytes_of> hashes{4'096};
  Kept<std::unique_ptr<blob::Writer>, bytes_of> files{128};  // descriptors: open, and not sealed
};

}  // namespace greenroom::upload
