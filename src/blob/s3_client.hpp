// The calls of S3 that we make, each signed, tried again when the server is busy or away, and with its errors in words.
// Blocking, thread-safe. One bucket; keys are given without the prefix that all of ours share.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "blob/s3_answers.hpp"
#include "crypto/aws_signature.hpp"

namespace greenroom::blob {

struct HttpCall;
struct HttpAnswer;

inline constexpr base::ErrorCode error_storage_address{base::ErrorKind::invalid, "blob.storage_address"};
inline constexpr base::ErrorCode error_credentials{base::ErrorKind::unavailable, "blob.storage_credentials"};
inline constexpr base::ErrorCode error_denied{base::ErrorKind::unavailable, "blob.storage_denied"};
inline constexpr base::ErrorCode error_bucket{base::ErrorKind::unavailable, "blob.storage_bucket"};
inline constexpr base::ErrorCode error_clock{base::ErrorKind::unavailable, "blob.storage_clock"};
inline constexpr base::ErrorCode error_busy{base::ErrorKind::unavailable, "blob.storage_busy"};
inline constexpr base::ErrorCode error_refused{base::ErrorKind::unavailable, "blob.storage_refused"};

struct S3Options {
  std::string bucket;
  std::string prefix = {};    // of every key: "studio/" or empty
  std::string endpoint = {};  // https://host[:port]; empty: AWS's of the region
  std::string region = "us-east-1";
  bool path_style = false;  // https://host/bucket/key in place of https://bucket.host/key
  crypto::AwsCredentials credentials = {};
  std::string ca_file = {};             // whom to trust beside nobody; empty: the system's list
  std::function<base::WallTime()> now;  // thread-safe
  unsigned attempts = 4;
  base::Duration backoff = std::chrono::milliseconds(200);  // before the second attempt, then twice as long each time
  base::Duration connect_patience = std::chrono::seconds(5);
  base::Duration silence_patience = std::chrono::seconds(30);
};

// "s3://bucket/prefix" into the options; error_storage_address.
base::Status set_address(S3Options& options, std::string_view address);

struct S3LinkOptions {
  base::Duration lifetime = std::chrono::hours(1);
  std::string content_type = {};
  std::string content_disposition = {};
};

class S3Client {
 public:
  static base::Result<S3Client> make(S3Options options);

  // Whether the bucket is there and ours to use: a listing of one key.
  base::Status check() const;

  // One whole object. Its entity tag.
  base::Result<std::string> put(const std::string& key, base::ByteView bytes) const;
  // From `offset` on as many bytes as fit into `out` and are there. A tag: of that object alone, else error_answer.
  base::Result<std::size_t> get(const std::string& key, std::uint64_t offset, base::ByteSpan out,
                                const std::string& etag = {}) const;
  base::Result<S3Object> head(const std::string& key) const;  // error_missing
  base::Status remove(const std::string& key) const;          // what is not there is no error
  // A thousand keys that begin with `start`, from `token` on.
  base::Result<S3Listing> list(const std::string& start, const std::string& token = {}) const;

  // A large object in parts of at least 5 MiB but for the last, at most 10,000, in any order and from anywhere.
  base::Result<std::string> initiate(const std::string& key) const;  // the upload's id
  base::Result<StoredPart> put_part(const std::string& key, const std::string& id, unsigned number,
                                    base::ByteView bytes) const;
  base::Result<std::vector<StoredPart>> parts(const std::string& key, const std::string& id) const;
  base::Result<std::string> complete(const std::string& key, const std::string& id,
                                     const std::vector<StoredPart>& parts) const;  // the entity tag
  base::Status abort(const std::string& key, const std::string& id) const;         // what is not there is no error
  base::Result<std::vector<S3Upload>> uploads(const std::string& start) const;

  // Addresses that carry their permission: to fetch an object, and to PUT one part of an upload.
  std::string link(const std::string& key, const S3LinkOptions& options) const;
  std::string part_link(const std::string& key, const std::string& id, unsigned number, base::Duration lifetime) const;
  // scheme://host[:port] of those addresses.
  const std::string& origin() const { return origin_; }

 private:
  struct Ask;
  explicit S3Client(S3Options options) : options_(std::move(options)) {}
  std::string path_of(const std::string& key) const;
  HttpCall signed_call(const Ask& ask) const;
  base::Result<HttpAnswer> once(const Ask& ask) const;
  base::Result<HttpAnswer> ask(const Ask& ask) const;

  S3Options options_;
  std::string origin_;
  std::string host_;
};

}  // namespace greenroom::blob
