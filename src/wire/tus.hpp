// The header fields of tus 1.0.0 (resumable uploads) as values. Pure and strict: what is not exactly what the protocol
// says is an error with a code of its own, which api turns into the status that the protocol asks for.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace greenroom::wire {

inline constexpr std::string_view tus_version = "1.0.0";
inline constexpr std::string_view tus_extensions =
    "creation,creation-with-upload,creation-defer-length,expiration,checksum,termination,concatenation";
inline constexpr std::string_view tus_checksum_algorithms = "sha1,sha256,md5,crc32";
inline constexpr std::string_view tus_content_type = "application/offset+octet-stream";
inline constexpr std::size_t max_tus_metadata_length = 4096;
inline constexpr std::size_t max_tus_metadata_entries = 32;
inline constexpr std::size_t max_tus_partials = 1'000;

inline constexpr base::ErrorCode error_tus_version{base::ErrorKind::invalid, "tus.version"};
inline constexpr base::ErrorCode error_tus_header{base::ErrorKind::invalid, "tus.header"};
inline constexpr base::ErrorCode error_tus_checksum{base::ErrorKind::invalid, "tus.checksum_algorithm"};
inline constexpr base::ErrorCode error_tus_content_type{base::ErrorKind::unsupported, "tus.content_type"};
inline constexpr base::ErrorCode error_tus_final{base::ErrorKind::forbidden, "tus.final_upload"};

// The fields of one request as they came; absent ones are nullopt.
struct TusFields {
  std::optional<std::string_view> resumable;
  std::optional<std::string_view> offset;
  std::optional<std::string_view> length;
  std::optional<std::string_view> defer_length;
  std::optional<std::string_view> metadata;
  std::optional<std::string_view> checksum;
  std::optional<std::string_view> concat;
  std::optional<std::string_view> content_type;
};

struct TusMetadataEntry {
  std::string key;
  std::string value;  // decoded bytes
  friend bool operator==(const TusMetadataEntry&, const TusMetadataEntry&) = default;
};

enum class ChecksumAlgorithm { sha1, sha256, md5, crc32 };

// What a body must hash to.
struct Checksum {
  ChecksumAlgorithm algorithm = ChecksumAlgorithm::sha1;
  base::Bytes digest;  // of the algorithm's size; CRC-32 with its highest byte first
  friend bool operator==(const Checksum&, const Checksum&) = default;
};

// Upload-Concat: of a partial upload, or of one that is made of others.
struct TusConcat {
  std::vector<std::string> partials;  // their URLs as sent, absolute or not; none: a partial upload
  bool is_final() const { return !partials.empty(); }
};

// POST to the collection: creation.
struct TusCreation {
  std::optional<std::uint64_t> length;  // absent: deferred, or that of a final upload's parts
  std::vector<TusMetadataEntry> metadata;
  std::optional<TusConcat> concat;
  std::optional<Checksum> checksum;  // of the body that came with it
};

// PATCH of one upload.
struct TusAppend {
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;  // of a deferred length that is known now
  std::optional<Checksum> checksum;
};

// Of every request but OPTIONS.
base::Status check_tus_version(const TusFields& fields);
// `with_body`: creation-with-upload, so that the body's type is checked.
base::Result<TusCreation> parse_tus_creation(const TusFields& fields, bool with_body);
base::Result<TusAppend> parse_tus_append(const TusFields& fields);
base::Result<std::vector<TusMetadataEntry>> parse_tus_metadata(std::string_view text);
std::string print_tus_metadata(std::string_view key, std::string_view value);  // one pair
base::Result<Checksum> parse_tus_checksum(std::string_view text);
base::Result<TusConcat> parse_tus_concat(std::string_view text);

}  // namespace greenroom::wire
