// What has come of a request's body and is not passed on yet, in one block of memory that begins on a page, so that a
// file can be written from it past the page cache. It grows as it is filled. Owned by one connection.
#pragma once
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include "base/bytes.hpp"

namespace greenroom::net {

class PieceBuffer {
 public:
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  base::ByteView bytes() const { return {memory_.get(), size_}; }
  // So many bytes behind those that are there, to be written and then committed. What was there may move.
  base::ByteSpan room(std::size_t bytes) {
    if (size_ + bytes > capacity_) grow(size_ + bytes);
    return {memory_.get() + size_, bytes};
  }
  void commit(std::size_t bytes) { size_ += bytes; }
  void append(base::ByteView bytes) {
    std::ranges::copy(bytes, room(bytes.size()).begin());
    commit(bytes.size());
  }
  void consume(std::size_t bytes) {  // from the front; the rest moves there
    size_ -= bytes;
    if (size_ > 0) std::memmove(memory_.get(), memory_.get() + bytes, size_);
  }

 private:
  struct Free {
    void operator()(std::uint8_t* memory) const { std::free(memory); }
  };
  void grow(std::size_t needed) {
    const auto capacity = (std::max(needed, capacity_ * 2) + base::page_size - 1) / base::page_size * base::page_size;
    std::unique_ptr<std::uint8_t[], Free> larger(
        static_cast<std::uint8_t*>(std::aligned_alloc(base::page_size, capacity)));
    if (!larger) throw std::bad_alloc();
    std::ranges::copy(bytes(), larger.get());
    memory_ = std::move(larger);
    capacity_ = capacity;
  }

  std::unique_ptr<std::uint8_t[], Free> memory_;
  std::size_t size_ = 0, capacity_ = 0;
};

}  // namespace greenroom::net
