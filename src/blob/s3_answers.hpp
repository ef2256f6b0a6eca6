// What S3 answers, as values: XML by expat, bounded in size, depth and number of elements, without document types (so
// no entity is ever expanded). Everything here comes from outside. Pure functions, thread-safe.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "blob/stored_part.hpp"

namespace greenroom::blob {

inline constexpr base::ErrorCode error_answer{base::ErrorKind::corrupt, "blob.storage_answer"};

struct S3Problem {
  std::string code;  // "NoSuchBucket"; empty: the answer was no problem that S3 knows
  std::string message;
};
struct S3Parts {
  std::vector<StoredPart> parts;
  unsigned next = 0;  // the marker to go on from; 0: these were the last
};
struct S3Object {
  std::string key;
  std::uint64_t size = 0;
  std::string etag = {};
};
struct S3Listing {
  std::vector<S3Object> objects;
  std::string next;  // token of the next page; empty: this was the last
};
struct S3Upload {
  std::string key;
  std::string id;
};

S3Problem read_problem(std::string_view xml);
base::Result<std::string> read_upload_id(std::string_view xml);          // InitiateMultipartUploadResult
base::Result<S3Parts> read_parts(std::string_view xml);                  // ListPartsResult
base::Result<S3Listing> read_listing(std::string_view xml);              // ListBucketResult, version 2
base::Result<std::vector<S3Upload>> read_uploads(std::string_view xml);  // ListMultipartUploadsResult
// CompleteMultipartUploadResult: its entity tag. S3 answers 200 before it knows, so a problem may come here too.
base::Result<std::string> read_completion(std::string_view xml);

// The body that completes an upload.
std::string completion_of(const std::vector<StoredPart>& parts);

}  // namespace greenroom::blob
