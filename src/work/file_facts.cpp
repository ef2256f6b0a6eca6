#include "work/file_facts.hpp"

#include <fstream>

#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "media/error.hpp"

namespace greenroom::work {

base::Result<FileFacts> facts_of_file(const std::filesystem::path& file, std::uint64_t limit) {
  constexpr std::uint64_t piece = 256 * 1024;
  std::ifstream in(file, std::ios::binary);
  if (!in) return base::fail(media::file_io, "A file cannot be opened.", file.string());
  crypto::Sha256 hash;
  base::Bytes buffer(piece);
  FileFacts facts;
  while (facts.bytes < limit) {
    in.read(reinterpret_cast<char*>(buffer.data()), std::streamsize(std::min(piece, limit - facts.bytes)));
    const auto got = std::size_t(in.gcount());
    if (got == 0) break;
    hash.update(base::ByteView(buffer).first(got));
    facts.bytes += got;
  }
  if (in.bad()) return base::fail(media::file_io, "A file cannot be read.", file.string());
  facts.sha256 = crypto::to_hex(hash.digest());
  return facts;
}

}  // namespace greenroom::work
