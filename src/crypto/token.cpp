#include "crypto/token.hpp"

#include <boost/json.hpp>
#include <cmath>
#include <optional>

#include "base/assert.hpp"
#include "crypto/detail/jws.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace greenroom::crypto {
namespace {

constexpr std::string_view token_header = R"({"alg":"HS256","typ":"JWT"})";

// A header that names another algorithm, or extensions that we must understand ("crit"), is not for us.
bool header_is_ours(std::string_view header) {
  if (header == token_header) return true;
  const auto object = parse_json_object(header);
  if (!object || object->contains("crit")) return false;
  const auto* algorithm = object->if_contains("alg");
  return algorithm && algorithm->is_string() && algorithm->as_string() == "HS256";
}

std::optional<double> numeric_date(const boost::json::object& claims, std::string_view name) {
  const auto* value = claims.if_contains(name);
  if (!value || !value->is_number()) return std::nullopt;
  return value->to_number<double>();
}

base::Status check_times(const boost::json::object& claims, base::WallTime now) {
  const double seconds = double(base::to_micros(now)) / 1e6;
  const auto expires = numeric_date(claims, "exp");
  if (!expires) return base::fail(token_malformed, "the token does not say when it ends");
  if (!(seconds < *expires)) return base::fail(token_expired, "the token has expired");
  if (!claims.contains("nbf")) return {};
  const auto starts = numeric_date(claims, "nbf");
  if (!starts) return base::fail(token_malformed, "the token's start is no number");
  if (seconds < *starts) return base::fail(token_not_yet_valid, "the token is not valid yet");
  return {};
}

std::string signature_of(base::ByteView key, std::string_view text) {
  return to_base64url(hmac_sha256(key, base::as_bytes(text)));
}

}  // namespace

std::string sign_token(base::ByteView key, std::string_view claims) {
  GREENROOM_ASSERT(key.size() >= min_token_key_size);
  std::string token = to_base64url(base::as_bytes(token_header)) + '.' + to_base64url(base::as_bytes(claims));
  return token + '.' + signature_of(key, token);
}

base::Result<std::string> verify_token(base::ByteView key, std::string_view token, base::WallTime now) {
  GREENROOM_ASSERT(key.size() >= min_token_key_size);
  const auto malformed = [] { return base::fail(token_malformed, "this is not a token of ours"); };
  if (token.size() > max_token_size) return malformed();
  const auto parts = split_jws(token);
  if (!parts) return malformed();
  const auto expected = signature_of(key, parts->signed_text);
  if (!equal_in_constant_time(base::as_bytes(expected), base::as_bytes(parts->signature)))
    return base::fail(token_forged, "the token's signature is wrong");
  const auto header = from_base64url(parts->header);
  if (!header || !header_is_ours(base::as_text(*header))) return malformed();
  const auto claims = from_base64url(parts->payload);
  if (!claims) return malformed();
  const auto object = parse_json_object(base::as_text(*claims));
  if (!object) return malformed();
  GREENROOM_CHECK_OK(check_times(*object, now));
  return std::string(base::as_text(*claims));
}

}  // namespace greenroom::crypto
