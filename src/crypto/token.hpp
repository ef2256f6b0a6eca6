// Small JSON Web Tokens (RFC 7519, RFC 7515 compact form): HS256 and nothing else, one algorithm per key, so there is
// nothing to confuse. The claims are JSON text that the caller writes and reads; this file only looks for "exp" and
// "nbf". Pure functions, thread-safe.
#pragma once
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace greenroom::crypto {

inline constexpr base::ErrorCode token_malformed{base::ErrorKind::unauthorized, "crypto.token_malformed"};
inline constexpr base::ErrorCode token_forged{base::ErrorKind::unauthorized, "crypto.token_forged"};
inline constexpr base::ErrorCode token_expired{base::ErrorKind::unauthorized, "crypto.token_expired"};
inline constexpr base::ErrorCode token_not_yet_valid{base::ErrorKind::unauthorized, "crypto.token_not_yet_valid"};

inline constexpr std::size_t max_token_size = 8192;
inline constexpr std::size_t min_token_key_size = 32;  // RFC 7518 §3.2

// `claims` is a JSON object; put "exp" (NumericDate, seconds) into it: a token without one is refused by verify_token.
std::string sign_token(base::ByteView key, std::string_view claims);
// The claims text of a token that is whole, signed by `key`, and valid at `now` ("exp" is past the end, "nbf" the
// start).
base::Result<std::string> verify_token(base::ByteView key, std::string_view token, base::WallTime now);

}  // namespace greenroom::crypto
