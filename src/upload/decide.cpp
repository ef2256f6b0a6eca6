#include "upload/decide.hpp"

#include <algorithm>

namespace greenroom::upload {

namespace {

// A commit is an fsync of the file and one of the database's log. By age a 20 Mbit/s camera has four of them a second,
// and what a killed server asks for again is a quarter of a second's; by size an upload at full speed has one in 8 MiB:
// at one in 1 MiB a quarter more of its time was the kernel's.
constexpr std::uint64_t checkpoint_bytes = 8 << 20;
constexpr base::Duration checkpoint_age = std::chrono::milliseconds(250);

Reject too_large(const Limits& limits) {
  return {error_too_large, fmt::format("an upload may have at most {} bytes", limits.bytes_max)};
}

std::optional<Reject> refuse_length(const UploadInfo& upload, const Patch& patch, const Limits& limits) {
  if (!patch.declared_length) return std::nullopt;
  if (upload.length && *upload.length != *patch.declared_length) {
    return Reject{error_length, "the upload's length is already known to be another"};
  }
  if (*patch.declared_length < upload.offset)
    return Reject{error_length, "the upload is already longer than this length"};
  if (*patch.declared_length > limits.bytes_max) return too_large(limits);
  return std::nullopt;
}

Decision decide_complete(const UploadInfo& upload, const Patch& patch) {
  if (patch.content_length.value_or(0) > 0) return Reject{error_completed, "the upload is complete"};
  return Append{upload.length, 0, false};  // a repeated last request, its answer lost
}

}  // namespace

std::optional<Reject> refuse_creation(std::optional<std::uint64_t> length, const Limits& limits) {
  if (length && *length > limits.bytes_max) return too_large(limits);
  return std::nullopt;
}

Decision decide(const UploadInfo& upload, const Patch& patch, bool held, const Limits& limits, base::WallTime now) {
  if (upload.is_final()) return Reject{error_final, "an upload that is made of others takes no bytes itself"};
  if (upload.transfer) return Reject{error_by_parts, "the parts of this upload go to the storage itself"};
  if (!upload.complete && now >= upload.expires_at) return Reject{error_expired, "the upload has expired"};
  if (patch.offset != upload.offset) {
    return Reject{error_wrong_offset, fmt::format("the upload goes on at byte {}", upload.offset)};
  }
  if (auto refused = refuse_length(upload, patch, limits)) return *refused;
  if (upload.complete) return decide_complete(upload, patch);
  const auto length = upload.length ? upload.length : patch.declared_length;
  const std::uint64_t room =
      length.value_or(limits.bytes_max) - std::min(upload.offset, length.value_or(limits.bytes_max));
  if (patch.content_length.value_or(0) > room)
    return Reject{error_too_large, "more bytes than the upload has room for"};
  return Append{length, room, held};
}

bool checkpoint_due(const Unsaved& unsaved) {
  return unsaved.bytes >= checkpoint_bytes || (unsaved.bytes > 0 && unsaved.age >= checkpoint_age);
}

}  // namespace greenroom::upload
