// What has come of a request's body and is not passed on yet, in one block of memory that begins on a page, so that a
// file can be written from it past the page cache. It grows as it is filled, or goes on in a block that it is given.
// Owned by one connection.
#pragma once
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include "base/bytes.hpp"

namespace greenroom::net {

using PieceMemory = std::shared_ptr<std::uint8_t[]>;

class PieceBuffer {
 public:
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::size_t capacity() const { return capacity_; }
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
  // What is there moves to a larger block.
  void move_to(PieceMemory block, std::size_t capacity) {
    std::ranges::copy(bytes(), block.get());
    memory_ = std::move(block);
    capacity_ = capacity;
  }
  void consume(std::size_t bytes) {  // from the front; the rest moves there
    size_ -= bytes;
    if (size_ > 0) std::memmove(memory_.get(), memory_.get() + bytes, size_);
  }

 private:
  void grow(std::size_t needed) {
    const auto capacity = (std::max(needed, capacity_ * 2) + base::page_size - 1) / base::page_size * base::page_size;
    PieceMemory larger(static_cast<std::uint8_t*>(std::aligned_alloc(base::page_size, capacity)), std::free);
    if (!larger) throw std::bad_alloc();
    move_to(std::move(larger), capacity);
  }

  PieceMemory memory_;
  std::size_t size_ = 0, capacity_ = 0;
};

}  // namespace greenroom::net
