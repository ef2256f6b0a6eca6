// Named bytes. A blob grows by one writer, is made durable by sync(), and is sealed once; sealed bytes never change,
// and a name is never used again. app owns the Store; blocking-pool threads and job processes use it (several processes
// may share a directory: names are unique by the ids in them). Invariant: bytes for which sync() or seal() has returned
// survive the loss of power. There are two: blob/disk_store.hpp keeps everything in a directory, blob/s3_store.hpp
// moves sealed bytes on to S3 and grows them on disk as well, so that recording never waits for another server. Before
// either stands blob/encrypted_store.hpp, for whom `scope` is: whose bytes they are.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "blob/errors.hpp"
#include "blob/stored_part.hpp"
#include "crypto/at_rest.hpp"

namespace greenroom::blob {

// "uploads/0190163d-...", "assets/0190163d-.../mix.mp4": parts of [A-Za-z0-9._-] that do not start with a dot, joined
// by '/', at most 180 bytes.
class Name {
 public:
  Name() = default;
  static base::Result<Name> parse(std::string_view text);
  const std::string& str() const { return text_; }
  friend auto operator<=>(const Name&, const Name&) = default;

 private:
  explicit Name(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

struct Stat {
  base::ByteCount size;
  bool sealed = false;
};

// The one writer of a growing blob. Not thread-safe. Closing loses nothing that was synced.
class Writer {
 public:
  virtual ~Writer() = default;
  virtual base::Status append(base::ByteView bytes) = 0;  // error_full leaves the blob at its old size
  virtual base::Status sync() = 0;                        // durable when it returns
  virtual base::ByteCount size() const = 0;
};

// Random access; thread-safe.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual base::ByteCount size() const = 0;
  // Up to out.size() bytes from `offset`: fewer only at the end.
  virtual base::Result<std::size_t> read(std::uint64_t offset, base::ByteSpan out) const = 0;
};

// Of a link that a browser fetches bytes by.
struct LinkOptions {
  std::string content_type = {};
  std::string content_disposition = {};
};

// What S3 asks of parts, but for the last one.
inline constexpr std::uint64_t stored_part_min = 5 << 20;
inline constexpr std::uint64_t stored_part_max = std::uint64_t(5) << 30;
inline constexpr unsigned stored_parts_max = 10'000;

// Where a storage takes bytes from anybody who has a link: in parts, which are joined at the end. A transfer is the
// storage's name for one such blob that is not joined yet. Blocking, thread-safe.
class PartStore {
 public:
  virtual ~PartStore() = default;
  virtual base::Result<std::string> begin(const Name& name) = 0;  // the transfer
  // An address that one part is PUT to, good for `life`.
  virtual std::string link(const Name& name, const std::string& transfer, unsigned number, base::Duration life) = 0;
  virtual base::Result<std::vector<StoredPart>> list(const Name& name, const std::string& transfer) = 0;
  // From then on Store::open() finds the blob. error_missing: the transfer is over, be it joined or aborted.
  virtual base::Status join(const Name& name, const std::string& transfer, const std::vector<StoredPart>& parts) = 0;
  virtual base::Status abort(const Name& name, const std::string& transfer) = 0;  // what is not there is no error
};

class Store {
 public:
  virtual ~Store() = default;
  // Opens the growing blob for appending at `at`, cutting off what lies behind it (bytes whose offset was never
  // acknowledged). Created when `at` is 0 and nothing is there; error_short when there is less; error_sealed.
  virtual base::Result<std::unique_ptr<Writer>> append(const Name& name, base::ByteCount at,
                                                       const crypto::Scope& scope) = 0;
  // Growing or sealed.
  virtual base::Result<std::unique_ptr<Reader>> open(const Name& name) = 0;
  virtual base::Result<Stat> stat(const Name& name) = 0;
  // The same of this disk alone, where everything is that no row refers to yet: it never waits for another server.
  virtual base::Result<Stat> stat_here(const Name& name) = 0;
  // From growing to sealed, durably and at once. Sealing what is sealed is no error.
  virtual base::Status seal(const Name& name) = 0;
  // Takes a finished file of `scratch()` (by rename) as a sealed blob, replacing an older one of that name.
  virtual base::Status adopt(const Name& name, const std::filesystem::path& file, const crypto::Scope& scope) = 0;
  // Removing what is not there is no error.
  virtual base::Status remove(const Name& name) = 0;
  // A file of the bytes in `folder`, for libraries that want files: a hard link where they are on this disk, else a
  // copy. `folder` is one of scratch(); the caller removes it with what is in it, and may change nothing.
  virtual base::Result<std::filesystem::path> fetch(const Name& name, const std::filesystem::path& folder) = 0;
  // Where a browser fetches sealed bytes by itself; empty: nowhere, they are to be had by open() alone.
  virtual std::string link(const Name&, const LinkOptions&) { return {}; }
  // Null where bytes come through this server alone.
  virtual PartStore* parts() { return nullptr; }
  // Whether it works, for /ready.
  virtual base::Status check() { return {}; }
  // Where the bytes are on this disk, growing or sealed, as they lie there; error_missing. For links beside them:
  // nobody writes there.
  virtual base::Result<std::filesystem::path> path_here(const Name& name) const {
    return base::fail(error_missing, "these bytes are not on this disk", name.str());
  }
  // A directory on the same file system for files being made. Callers make names unique by an id and clean up.
  virtual std::filesystem::path scratch() const = 0;
};

}  // namespace greenroom::blob
