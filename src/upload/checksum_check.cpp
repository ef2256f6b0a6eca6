#include "upload/detail/checksum_check.hpp"

#include "wire/crc32.hpp"

namespace greenroom::upload {

namespace {

using Running = std::variant<crypto::RunningDigest, std::uint32_t>;

Running start(wire::ChecksumAlgorithm algorithm) {
  switch (algorithm) {
    case wire::ChecksumAlgorithm::sha1:
      return crypto::RunningDigest(crypto::DigestAlgorithm::sha1);
    case wire::ChecksumAlgorithm::sha256:
      return crypto::RunningDigest(crypto::DigestAlgorithm::sha256);
    case wire::ChecksumAlgorithm::md5:
      return crypto::RunningDigest(crypto::DigestAlgorithm::md5);
    case wire::ChecksumAlgorithm::crc32:
      break;
  }
  return std::uint32_t(0);
}

}  // namespace

ChecksumCheck::ChecksumCheck(wire::Checksum expected)
    : expected_(std::move(expected)), running_(start(expected_.algorithm)) {}

void ChecksumCheck::update(base::ByteView piece) {
  if (auto* digest = std::get_if<crypto::RunningDigest>(&running_)) return digest->update(piece);
  auto& crc = std::get<std::uint32_t>(running_);
  crc = wire::crc32(piece, crc);
}

bool ChecksumCheck::matches() {
  if (auto* digest = std::get_if<crypto::RunningDigest>(&running_)) return digest->digest() == expected_.digest;
  base::Bytes crc(4);
  base::store_u32(crc.data(), std::get<std::uint32_t>(running_));
  return crc == expected_.digest;
}

}  // namespace greenroom::upload
