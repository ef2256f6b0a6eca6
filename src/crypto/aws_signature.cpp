#include "crypto/aws_signature.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace greenroom::crypto {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view terminator = "aws4_request";

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Trimmed, each run of white space one space; a folded line (RFC 7230 §3.2.4) is one more value of a list.
std::string canonical_value(std::string_view value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (!is_space(value[i])) {
      out += value[i];
      continue;
    }
    bool folded = false;
    const auto begin = i;
    for (; i < value.size() && is_space(value[i]); ++i) folded |= value[i] == '\n';
    if (begin > 0 && !out.empty() && i < value.size()) out += folded ? ',' : ' ';
    --i;
  }
  return out;
}

// Sorted by name; repeated names are one line, in their order.
std::map<std::string, std::string> canonical_headers(const AwsFields& headers) {
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : headers) {
    const auto [at, fresh] = out.try_emplace(base::lower(name));
    at->second += (fresh ? "" : ",") + canonical_value(value);
  }
  return out;
}

std::string signed_names(const AwsFields& headers) {
  std::string out;
  for (const auto& [name, value] : canonical_headers(headers)) out += (out.empty() ? "" : ";") + name;
  return out;
}

std::string scope_text(const AwsScope& scope, std::string_view timestamp) {
  return fmt::format("{}/{}/{}/{}", timestamp.substr(0, 8), scope.region, scope.service, terminator);
}

Sha256Digest hmac(base::ByteView key, std::string_view text) { return hmac_sha256(key, base::as_bytes(text)); }

std::string signature_of(const AwsRequest& request, std::string_view payload, const AwsCredentials& credentials,
                         const AwsScope& scope, std::string_view timestamp) {
  const auto hash = to_hex(sha256(base::as_bytes(aws_canonical_request(request, payload))));
  const auto text = fmt::format("{}\n{}\n{}\n{}", algorithm, timestamp, scope_text(scope, timestamp), hash);
  auto key = hmac(base::as_bytes("AWS4" + credentials.secret_key), timestamp.substr(0, 8));
  for (const std::string_view step : {std::string_view(scope.region), std::string_view(scope.service), terminator})
    key = hmac(key, step);
  return to_hex(hmac(key, text));
}

}  // namespace

std::string aws_encode_path(std::string_view path) { return base::percent_encode(path, "-._~/"); }

std::string aws_encode_query(const AwsFields& query) {
  AwsFields encoded;
  for (const auto& [name, value] : query) encoded.emplace_back(base::percent_encode(name), base::percent_encode(value));
  std::sort(encoded.begin(), encoded.end());
  std::string out;
  for (const auto& [name, value] : encoded) out += fmt::format("{}{}={}", out.empty() ? "" : "&", name, value);
  return out;
}

std::string aws_timestamp(base::WallTime now) {
  std::string out;
  for (const char c : base::to_rfc3339(now).substr(0, 19))
    if (c != '-' && c != ':') out += c;
  return out + "Z";
}

std::string aws_canonical_request(const AwsRequest& request, std::string_view payload) {
  std::string headers;
  for (const auto& [name, value] : canonical_headers(request.headers)) headers += fmt::format("{}:{}\n", name, value);
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, aws_encode_path(request.path),
                     aws_encode_query(request.query), headers, signed_names(request.headers), payload);
}

AwsFields aws_sign(AwsRequest request, std::string_view payload, const AwsCredentials& credentials,
                   const AwsScope& scope, base::WallTime now) {
  const auto timestamp = aws_timestamp(now);
  request.headers.emplace_back("X-Amz-Date", timestamp);
  if (!credentials.session_token.empty())
    request.headers.emplace_back("X-Amz-Security-Token", credentials.session_token);
  auto authorization = fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", algorithm,
                                   credentials.access_key, scope_text(scope, timestamp), signed_names(request.headers),
                                   signature_of(request, payload, credentials, scope, timestamp));
  request.headers.emplace_back("Authorization", std::move(authorization));
  return std::move(request.headers);
}

std::string aws_presign(AwsRequest request, base::Duration lifetime, const AwsCredentials& credentials,
                        const AwsScope& scope, base::WallTime now) {
  const auto timestamp = aws_timestamp(now);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(lifetime).count();
  auto& query = request.query;
  query.emplace_back("X-Amz-Algorithm", algorithm);
  query.emplace_back("X-Amz-Credential", credentials.access_key + "/" + scope_text(scope, timestamp));
  query.emplace_back("X-Amz-Date", timestamp);
  query.emplace_back("X-Amz-Expires", std::to_string(seconds));
  query.emplace_back("X-Amz-SignedHeaders", signed_names(request.headers));
  if (!credentials.session_token.empty()) query.emplace_back("X-Amz-Security-Token", credentials.session_token);
  const auto signature = signature_of(request, aws_unsigned_payload, credentials, scope, timestamp);
  return fmt::format("{}&X-Amz-Signature={}", aws_encode_query(query), signature);
}

}  // namespace greenroom::crypto
