// Queues in one block of memory (std::deque allocates and frees a node every few elements): Ring grows to what it
// needed at most and then never allocates again, InlineRing lies in its owner. The bound of their size is the owner's.
#pragma once
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "base/assert.hpp"
#include "base/prefetch.hpp"

namespace greenroom::base {

template <class T>
class Ring {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  T& front() { return (*this)[0]; }
  const T& front() const { return (*this)[0]; }
  T& back() { return (*this)[size_ - 1]; }
  const T& back() const { return (*this)[size_ - 1]; }
  T& operator[](std::size_t i) { return slots_[place(i)]; }
  const T& operator[](std::size_t i) const { return slots_[place(i)]; }
  void push_back(T value) {
    if (size_ == slots_.size()) grow();
    slots_[place(size_++)] = std::move(value);
  }
  void pop_front() {
    head_ = place(1);
    --size_;
  }

 private:
  std::size_t place(std::size_t i) const { return (head_ + i) & (slots_.size() - 1); }  // a division takes longer
  void grow() {
    std::vector<T> larger(slots_.empty() ? 32 : slots_.size() * 2);
    for (std::size_t i = 0; i < size_; ++i) larger[i] = std::move((*this)[i]);
    slots_ = std::move(larger);
    head_ = 0;
  }
  std::vector<T> slots_;  // a power of two of them
  std::size_t head_ = 0, size_ = 0;
};

template <class T, std::size_t capacity>
class InlineRing {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  const T& front() const { return (*this)[0]; }
  T& back() { return slots_[place(size_ - 1)]; }
  const T& back() const { return (*this)[size_ - 1]; }
  const T& operator[](std::size_t i) const { return slots_[place(i)]; }
  void push_back(const T& value) {
    GREENROOM_ASSERT(size_ < capacity);
    slots_[place(size_++)] = value;
  }
  void pop_front() {
    head_ = place(1);
    --size_;
  }
  // A hint that its ends are needed soon, of each some three elements.
  void fetch_ends() const {
    if (empty()) return;
    prefetch(&front(), 3 * sizeof(T));
    prefetch(&back(), 3 * sizeof(T));
  }

 private:
  std::size_t place(std::size_t i) const { return (head_ + i) % capacity; }
  std::size_t head_ = 0, size_ = 0;
  std::array<T, capacity> slots_;  // last: what goes before it can be fetched without them
};

}  // namespace greenroom::base
