// AWS Signature Version 4, which S3 and what speaks like it ask for: in a header, or in the query of a link that others
// may use. Pure functions, thread-safe; the date is a parameter. Paths and queries are given decoded and are encoded
// and sorted here, so that what is signed and what is sent are one: send path and query exactly as encode_* give them.
// Specification: "Authenticating Requests (AWS Signature Version 4)" of the S3 API reference.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"

namespace greenroom::crypto {

using AwsFields = std::vector<std::pair<std::string, std::string>>;

struct AwsCredentials {
  std::string access_key;
  std::string secret_key;
  std::string session_token = {};  // of temporary credentials; else empty
};

struct AwsScope {
  std::string region;
  std::string service = "s3";
};

struct AwsRequest {
  std::string method;
  std::string path = "/";  // decoded; S3's are not normalised
  AwsFields query = {};    // decoded; a name may repeat
  AwsFields headers = {};  // all that are to be signed, Host among them; a name may repeat
};

inline constexpr std::string_view aws_unsigned_payload = "UNSIGNED-PAYLOAD";

std::string aws_encode_path(std::string_view path);
std::string aws_encode_query(const AwsFields& query);  // sorted
std::string aws_timestamp(base::WallTime now);         // "20130524T000000Z"

// What is hashed and signed. `payload` is the body's SHA-256 in hex, or aws_unsigned_payload.
std::string aws_canonical_request(const AwsRequest& request, std::string_view payload);

// The request's headers with X-Amz-Date, X-Amz-Security-Token where there is one, and Authorization.
AwsFields aws_sign(AwsRequest request, std::string_view payload, const AwsCredentials& credentials,
                   const AwsScope& scope, base::WallTime now);

// The whole query of a link that is good for `lifetime` (at most a week). S3 signs no payload of a link.
std::string aws_presign(AwsRequest request, base::Duration lifetime, const AwsCredentials& credentials,
                        const AwsScope& scope, base::WallTime now);

}  // namespace greenroom::crypto
