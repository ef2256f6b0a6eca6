// The checksum of one request's body, compared with what its sender says. Belongs to the Hold that writes the body.
#pragma once
#include <variant>

#include "crypto/hash.hpp"
#include "wire/tus.hpp"

namespace greenroom::upload {

class ChecksumCheck {
 public:
  explicit ChecksumCheck(wire::Checksum expected);
  void update(base::ByteView piece);
  bool matches();  // once, at the end

 private:
  wire::Checksum expected_;
  std::variant<crypto::RunningDigest, std::uint32_t> running_;  // the number: CRC-32 so far
};

}  // namespace greenroom::upload
