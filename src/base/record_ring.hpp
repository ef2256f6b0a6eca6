// A bounded queue of records of bytes between two threads: one writes, one reads, no lock and no allocation. Records
// lie in one block, each whole, so that the writer fills them in place and the reader reads them where they are. What
// does not fit is refused; the writer knows and counts. Invariant: the reader sees records in the order of their
// commit, each with all that was written before it.
#pragma once
#include <atomic>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>

#include "base/bytes.hpp"

namespace greenroom::base {

class RecordRing {
 public:
  // Of `bytes`, rounded up to a power of two; half of it is the longest record.
  explicit RecordRing(std::size_t bytes)
      : size_(std::bit_ceil(bytes < 64 ? std::size_t(64) : bytes)), block_(new std::uint8_t[size_]) {}
  RecordRing(const RecordRing&) = delete;
  RecordRing& operator=(const RecordRing&) = delete;

  // ---- the writer's thread. Room for a record of `size` bytes (not 0); empty when there is none.
  ByteSpan reserve(std::size_t size) {
    const auto need = step(size);
    auto at = tail_.load(std::memory_order_relaxed);
    const auto to_end = size_ - offset(at);
    const auto total = need <= to_end ? need : to_end + need;
    if (need > size_ / 2 || !has_room(at, total)) return {};
    if (need > to_end) {
      write_size(at, skip_to_end);
      at += to_end;
    }
    reserved_ = at;
    write_size(at, std::uint32_t(size));
    return {block_.get() + offset(at) + head_size, size};
  }
  void commit() { tail_.store(reserved_ + step(read_size(reserved_)), std::memory_order_release); }

  // ---- the reader's thread. The oldest record; empty when there is none. It stays until pop().
  ByteView front() {
    for (;;) {
      const auto at = head_.load(std::memory_order_relaxed);
      if (at == seen_tail_) seen_tail_ = tail_.load(std::memory_order_acquire);
      if (at == seen_tail_) return {};
      const auto size = read_size(at);
      if (size != skip_to_end) return {block_.get() + offset(at) + head_size, size};
      head_.store(at + size_ - offset(at), std::memory_order_release);
    }
  }
  void pop() {  // what front() gave
    const auto at = head_.load(std::memory_order_relaxed);
    head_.store(at + step(read_size(at)), std::memory_order_release);
  }

 private:
  static constexpr std::size_t head_size = 8;  // keeps records at multiples of 8
  static constexpr std::uint32_t skip_to_end = 0xffff'ffff;

  static std::size_t step(std::size_t size) { return head_size + (size + 7) / 8 * 8; }
  std::size_t offset(std::size_t at) const { return at & (size_ - 1); }
  bool has_room(std::size_t at, std::size_t total) {
    if (size_ - (at - seen_head_) >= total) return true;
    seen_head_ = head_.load(std::memory_order_acquire);
    return size_ - (at - seen_head_) >= total;
  }
  void write_size(std::size_t at, std::uint32_t size) { std::memcpy(block_.get() + offset(at), &size, sizeof size); }
  std::uint32_t read_size(std::size_t at) const {
    std::uint32_t size = 0;
    std::memcpy(&size, block_.get() + offset(at), sizeof size);
    return size;
  }

  const std::size_t size_;
  const std::unique_ptr<std::uint8_t[]> block_;
  alignas(64) std::atomic<std::size_t> tail_{0};  // the writer's, with what it last saw of the reader
  std::size_t reserved_ = 0, seen_head_ = 0;
  alignas(64) std::atomic<std::size_t> head_{0};  // the reader's, likewise
  std::size_t seen_tail_ = 0;
};

}  // namespace greenroom::base
