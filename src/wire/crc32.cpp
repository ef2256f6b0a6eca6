#include "wire/crc32.hpp"

#include <array>

namespace greenroom::wire {
namespace {

constexpr std::array<std::uint32_t, 256> crc_table = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int k = 0; k < 8; ++k) c = (c & 1) ? 0xEDB88320U ^ (c >> 1) : c >> 1;
    table[i] = c;
  }
  return table;
}();

}  // namespace

std::uint32_t crc32(base::ByteView bytes, std::uint32_t so_far) {
  std::uint32_t c = ~so_far;
  for (const auto b : bytes) c = crc_table[(c ^ b) & 0xFF] ^ (c >> 8);
  return ~c;
}

}  // namespace greenroom::wire
