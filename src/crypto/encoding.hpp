// Bytes as text and back: base64 (RFC 4648 §4, padded), base64url (§5, unpadded) and lower-case hex. Decoders are
// strict: no white space, no other alphabet, no leftover bits, padding exactly as the encoder writes it. Pure
// functions.
#pragma once
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace greenroom::crypto {

inline constexpr base::ErrorCode bad_encoding{base::ErrorKind::invalid, "crypto.bad_encoding"};

std::string to_base64(base::ByteView bytes);
base::Result<base::Bytes> from_base64(std::string_view text);
std::string to_base64url(base::ByteView bytes);
base::Result<base::Bytes> from_base64url(std::string_view text);
std::string to_hex(base::ByteView bytes);
base::Result<base::Bytes> from_hex(std::string_view text);  // either case

}  // namespace greenroom::crypto
