// The rules of a resumable upload (tus 1.0.0) as pure functions over values: what may be appended, and why not.
// HTTP lives in api, bytes in blob, the table in upload/tables.cpp.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/id.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "crypto/at_rest.hpp"
#include "wire/tus.hpp"

namespace greenroom::upload {

struct UploadTag;
using UploadId = base::Id<UploadTag>;

inline constexpr base::ErrorCode error_unknown{base::ErrorKind::not_found, "upload.unknown"};
inline constexpr base::ErrorCode error_wrong_offset{base::ErrorKind::conflict, "upload.wrong_offset"};
inline constexpr base::ErrorCode error_length{base::ErrorKind::invalid,
                                              "upload.length"};  // changed, or below the offset
inline constexpr base::ErrorCode error_too_large{base::ErrorKind::too_large, "upload.too_large"};
inline constexpr base::ErrorCode error_completed{base::ErrorKind::forbidden, "upload.completed"};
inline constexpr base::ErrorCode error_expired{base::ErrorKind::gone, "upload.expired"};
inline constexpr base::ErrorCode error_preempted{base::ErrorKind::conflict,
                                                 "upload.preempted"};  // a newer request took over
inline constexpr base::ErrorCode error_wrong_media{base::ErrorKind::unsupported, "upload.wrong_media"};
inline constexpr base::ErrorCode error_checksum{base::ErrorKind::invalid, "upload.checksum_mismatch"};
// Of an upload that is made of others (tus: concatenation).
inline constexpr base::ErrorCode error_final{base::ErrorKind::forbidden, "upload.final"};
inline constexpr base::ErrorCode error_no_partial{base::ErrorKind::invalid, "upload.no_such_partial"};
inline constexpr base::ErrorCode error_unfinished_partial{base::ErrorKind::conflict, "upload.unfinished_partial"};

// Of an upload whose bytes go to the storage directly (upload/parts.cpp).
inline constexpr base::ErrorCode error_no_storage{base::ErrorKind::conflict, "upload.no_storage_for_parts"};
inline constexpr base::ErrorCode error_by_parts{base::ErrorKind::conflict, "upload.by_parts"};
inline constexpr base::ErrorCode error_not_by_parts{base::ErrorKind::conflict, "upload.not_by_parts"};
inline constexpr base::ErrorCode error_part{base::ErrorKind::invalid, "upload.part"};  // its number or size

// One upload as its table row says. `offset` bytes are durable; more may be on the disk, none of them acknowledged.
struct UploadInfo {
  UploadId id;
  std::string owner;         // who may use it, opaque to this module: "participant/<id>", "user/<id>"
  std::string content_type;  // as declared by its maker
  std::string metadata;      // tus Upload-Metadata as sent, given back by HEAD
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;  // absent: deferred
  bool complete = false;                // sealed; never again changed
  std::optional<std::string> sha256;    // lower-case hex, of a complete upload
  base::WallTime created_at;
  base::WallTime moved_at;    // when the offset last advanced
  base::WallTime expires_at;  // an upload that has not moved until then may be removed
  std::string concat = {};    // tus Upload-Concat as sent, given back by HEAD; empty: neither partial nor final
  std::vector<UploadId> partials = {};  // of a final upload: what it is made of, in order
  // The storage's name for the parts that its maker puts there; empty until it is known, absent: the bytes come here.
  std::optional<std::string> transfer = {};
  crypto::Scope scope = {};  // whose bytes, opaque to this module: under which key they lie where they are encrypted

  bool is_final() const { return !partials.empty(); }
  bool is_partial() const { return !concat.empty() && !is_final(); }
  // A partial upload is a means to its final one: it is forgotten in time, complete or not.
  bool may_expire() const { return !complete || is_partial(); }
};

struct Limits {
  std::uint64_t bytes_max = std::uint64_t(200) << 30;  // one file; a 4K camera makes some 20 GB in an hour
  base::Duration idle_life = std::chrono::hours(24 * 7);
  base::Duration used_partial_life = std::chrono::hours(1);  // after it went into a final upload, which may be repeated
};

// What one PATCH says of itself.
struct Patch {
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> content_length;   // absent for a chunked body
  std::optional<std::uint64_t> declared_length;  // Upload-Length, when it was deferred
  // Of the whole body: it is kept when it matches and its end is reached, else nothing of it is.
  std::optional<wire::Checksum> checksum = {};
};

struct Append {
  std::optional<std::uint64_t> length;  // the upload's length from now on
  std::uint64_t room = 0;               // how many bytes may come
  bool preempt = false;                 // someone else holds the upload: ask them to let go first
};
struct Reject {
  base::ErrorCode code;
  std::string what;
};
using Decision = std::variant<Append, Reject>;

// May an upload of this length be made at all?
std::optional<Reject> refuse_creation(std::optional<std::uint64_t> length, const Limits& limits);
// What to do with a PATCH. `held`: an earlier request is still writing.
Decision decide(const UploadInfo& upload, const Patch& patch, bool held, const Limits& limits, base::WallTime now);
// Is it time to make what was written durable and advance the offset?
struct Unsaved {
  std::uint64_t bytes = 0;
  base::Duration age{};  // since the first of these bytes
};
bool checkpoint_due(const Unsaved& unsaved);

}  // namespace greenroom::upload
