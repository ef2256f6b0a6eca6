// A bounded first-in-first-out of byte strings that holds no memory while it is empty: most transports have nothing to
// say for most of their lives. What is pushed on top of `max` is lost, as on a network.
#pragma once
#include <algorithm>

#include "base/assert.hpp"
#include "base/bytes.hpp"

namespace greenroom::crypto {

template <std::size_t max>
class DatagramQueue {
 public:
  bool empty() const { return count_ == 0; }
  bool full() const { return count_ >= max; }

  bool push(base::ByteView item) {
    GREENROOM_ASSERT(item.size() <= 0xFFFF);
    if (full()) return false;
    if (head_ > bytes_.size() / 2) close_gap();
    const auto at = bytes_.size();
    bytes_.resize(at + length_size + item.size());
    base::store_u16(&bytes_[at], std::uint16_t(item.size()));
    std::ranges::copy(item, bytes_.begin() + std::ptrdiff_t(at + length_size));
    ++count_;
    return true;
  }

  // The oldest, cut to `out`; its size, 0 when there is none.
  std::size_t pop(base::ByteSpan out) {
    if (empty()) return 0;
    const auto length = base::load_u16(&bytes_[head_]);
    const auto size = std::min<std::size_t>(length, out.size());
    std::copy_n(&bytes_[head_ + length_size], size, out.begin());
    head_ += std::uint32_t(length_size + length);
    if (--count_ == 0) *this = {};
    return size;
  }

 private:
  static constexpr std::size_t length_size = 2;
  void close_gap() {
    bytes_.erase(bytes_.begin(), bytes_.begin() + head_);
    head_ = 0;
  }

  base::Bytes bytes_;  // length and bytes of one item after the other
  std::uint32_t head_ = 0, count_ = 0;
};

}  // namespace greenroom::crypto
