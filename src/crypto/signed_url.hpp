// Capability URLs: whoever holds "/media/x?expires=...&signature=..." may fetch it until then. HMAC-SHA256 over path
// and expiry, base64url. Pure functions, thread-safe.
#pragma once
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace greenroom::crypto {

inline constexpr base::ErrorCode url_forged{base::ErrorKind::forbidden, "crypto.url_forged"};
inline constexpr base::ErrorCode url_expired{base::ErrorKind::gone, "crypto.url_expired"};

// The query text "expires=<seconds since 1970>&signature=<base64url>" for a path (as the server will decode it).
std::string sign_url(base::ByteView key, std::string_view path, base::WallTime expires);

struct UrlSignature {
  std::string_view expires;
  std::string_view signature;
};
base::Status verify_url(base::ByteView key, std::string_view path, const UrlSignature& given, base::WallTime now);

}  // namespace greenroom::crypto
