// Reads fields of bits, most significant first, off a view of bytes. As base::ByteReader: a read past the end yields
// zero and makes ok() false for good, so a parser reads straight down and asks once. Pure.
#pragma once
#include <bit>
#include <cstdint>

#include "base/bytes.hpp"

namespace greenroom::wire {

class BitReader {
 public:
  explicit BitReader(base::ByteView bytes) : bytes_(bytes) {}
  bool ok() const { return ok_; }
  std::size_t position() const { return at_; }  // in bits

  bool flag() { return bits(1) != 0; }
  // At most 32 bits.
  std::uint32_t bits(unsigned count) {
    if (count > bytes_.size() * 8 - at_) {
      ok_ = false;
      at_ = bytes_.size() * 8;
      return 0;
    }
    std::uint32_t value = 0;
    for (; count > 0; --count, ++at_) value = value << 1 | (bytes_[at_ / 8] >> (7 - at_ % 8) & 1U);
    return value;
  }
  // A value in 0..n-1 in as few bits as it needs (AV1 specification §4.10.7).
  std::uint32_t below(std::uint32_t n) {
    const auto width = unsigned(std::bit_width(n));
    const auto short_ones = (1U << width) - n;
    const auto value = bits(width - 1);
    return value < short_ones ? value : (value << 1) - short_ones + bits(1);
  }

 private:
  base::ByteView bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace greenroom::wire
