// The header fields of tus 1.0.0 (resumable uploads) as values. Pure and strict: what is not exactly what the protocol
// says is an error with a code of its own, which api turns into the status that the protocol asks for.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace greenroom::wire {

inline constexpr std::string_view tus_version = "1.0.0";
inline constexpr std::string_view tus_extensions =
    "creation,creation-with-upload,creation-defer-length,expiration,termination";
inline constexpr std::string_view tus_content_type = "application/offset+octet-stream";
inline constexpr std::size_t max_tus_metadata_length = 4096;
inline constexpr std::size_t max_tus_metadata_entries = 32;

inline constexpr base::ErrorCode error_tus_version{base::ErrorKind::invalid, "tus.version"};
inline constexpr base::ErrorCode error_tus_header{base::ErrorKind::invalid, "tus.header"};
inline constexpr base::ErrorCode error_tus_checksum{base::ErrorKind::invalid, "tus.checksum_not_offered"};
inline constexpr base::ErrorCode error_tus_content_type{base::ErrorKind::unsupported, "tus.content_type"};

// The fields of one request as they came; absent ones are nullopt.
struct TusFields {
  std::optional<std::string_view> resumable;
  std::optional<std::string_view> offset;
  std::optional<std::string_view> length;
  std::optional<std::string_view> defer_length;
  std::optional<std::string_view> metadata;
  std::optional<std::string_view> checksum;
  std::optional<std::string_view> content_type;
};

struct TusMetadataEntry {
  std::string key;
  std::string value;  // decoded bytes
  friend bool operator==(const TusMetadataEntry&, const TusMetadataEntry&) = default;
};

// POST to the collection: creation.
struct TusCreation {
  std::optional<std::uint64_t> length;  // absent: deferred
  std::vector<TusMetadataEntry> metadata;
};

// PATCH of one upload.
struct TusAppend {
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;  // of a deferred length that is known now
};

// Of every request but OPTIONS.
base::Status check_tus_version(const TusFields& fields);
// `with_body`: creation-with-upload, so that the body's type is checked.
base::Result<TusCreation> parse_tus_creation(const TusFields& fields, bool with_body);
base::Result<TusAppend> parse_tus_append(const TusFields& fields);
base::Result<std::vector<TusMetadataEntry>> parse_tus_metadata(std::string_view text);

}  // namespace greenroom::wire
