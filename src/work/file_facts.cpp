#include "work/file_facts.hpp"

#include "blob/encrypted_file.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace greenroom::work {

base::Result<FileFacts> facts_of_file(const std::filesystem::path& file, const crypto::StorageKeys& keys,
                                      std::uint64_t limit) {
  constexpr std::uint64_t piece = 256 * 1024;
  GREENROOM_TRY(const auto content, blob::open_content(file, keys));
  crypto::Sha256 hash;
  base::Bytes buffer(piece);
  FileFacts facts;
  while (facts.bytes < limit) {
    const auto wanted = base::ByteSpan(buffer).first(std::size_t(std::min(piece, limit - facts.bytes)));
    GREENROOM_TRY(const auto got, content->read(facts.bytes, wanted));
    if (got == 0) break;
    hash.update(wanted.first(got));
    facts.bytes += got;
  }
  facts.sha256 = crypto::to_hex(hash.digest());
  return facts;
}

}  // namespace greenroom::work
