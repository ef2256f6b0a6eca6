#include "wire/crc32c.hpp"

#include <array>

namespace greenroom::wire {
namespace {

// crc_tables[k][b]: what byte b does to the sum k bytes later. Four at a time are three times as fast as one.
constexpr auto crc_tables = [] {
  std::array<std::array<std::uint32_t, 256>, 4> tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int k = 0; k < 8; ++k) c = (c & 1) ? 0x82F63B78U ^ (c >> 1) : c >> 1;
    tables[0][i] = c;
  }
  for (std::size_t k = 1; k < 4; ++k) {
    for (std::size_t i = 0; i < 256; ++i) {
      const auto before = tables[k - 1][i];
      tables[k][i] = tables[0][before & 0xFF] ^ (before >> 8);
    }
  }
  return tables;
}();

}  // namespace

std::uint32_t crc32c(base::ByteView bytes, std::uint32_t so_far) {
  std::uint32_t c = ~so_far;
  for (; bytes.size() >= 4; bytes = bytes.subspan(4)) {
    c ^= std::uint32_t(bytes[0]) | std::uint32_t(bytes[1]) << 8 | std::uint32_t(bytes[2]) << 16 |
         std::uint32_t(bytes[3]) << 24;
    c = crc_tables[3][c & 0xFF] ^ crc_tables[2][(c >> 8) & 0xFF] ^ crc_tables[1][(c >> 16) & 0xFF] ^
        crc_tables[0][c >> 24];
  }
  for (const auto b : bytes) c = crc_tables[0][(c ^ b) & 0xFF] ^ (c >> 8);
  return ~c;
}

}  // namespace greenroom::wire
