#include "crypto/signed_url.hpp"

#include <charconv>

#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace greenroom::crypto {
namespace {

// The expiry comes first and ends in a line feed, so no path can run into it.
std::string signature_of(base::ByteView key, std::string_view path, std::string_view expires) {
  std::string text(expires);
  text += '\n';
  text += path;
  return to_base64url(hmac_sha256(key, base::as_bytes(text)));
}

}  // namespace

std::string sign_url(base::ByteView key, std::string_view path, base::WallTime expires) {
  const std::string seconds = std::to_string(base::to_millis(expires) / 1000);
  return "expires=" + seconds + "&signature=" + signature_of(key, path, seconds);
}

base::Status verify_url(base::ByteView key, std::string_view path, const UrlSignature& given, base::WallTime now) {
  const std::string expected = signature_of(key, path, given.expires);
  if (!equal_in_constant_time(base::as_bytes(expected), base::as_bytes(given.signature)))
    return base::fail(url_forged, "the link's signature is wrong");
  std::int64_t seconds = 0;
  const auto* end = given.expires.data() + given.expires.size();
  if (std::from_chars(given.expires.data(), end, seconds).ptr != end)
    return base::fail(url_forged, "the link's expiry is no number");
  if (base::to_millis(now) / 1000 >= seconds) return base::fail(url_expired, "the link has expired");
  return {};
}

}  // namespace greenroom::crypto
