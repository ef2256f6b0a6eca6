// Links that carry their own permission: path, expiry and an HMAC-SHA256 over both. Pure; the key is the server's.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "blob/errors.hpp"

namespace greenroom::blob {

class UrlSigner {
 public:
  explicit UrlSigner(base::Bytes key) : key_(std::move(key)) {}
  // "<path>?expires=<unix seconds>&signature=<base64url>". Expiry is rounded up to a quarter of the life, so that links
  // made close together are equal and browsers can cache what is behind them.
  std::string sign(std::string_view path, base::Duration life, base::WallTime now) const;
  // error_signature or error_expired.
  base::Status verify(std::string_view path, std::int64_t expires, std::string_view signature,
                      base::WallTime now) const;

 private:
  std::string signature(std::string_view path, std::int64_t expires) const;
  base::Bytes key_;
};

}  // namespace greenroom::blob
