// A list of fixed-size records still in wire form, decoded one by one as it is read. A view of the caller's bytes.
// T has wire_size and static T decode(const std::uint8_t*).
#pragma once
#include <cstddef>
#include <iterator>

#include "base/bytes.hpp"

namespace greenroom::wire {

template <class T>
class WireList {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    explicit Iterator(const std::uint8_t* at = nullptr) : at_(at) {}
    T operator*() const { return T::decode(at_); }
    Iterator& operator++() { return at_ += T::wire_size, *this; }
    Iterator operator++(int) {
      auto old = *this;
      return ++*this, old;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const std::uint8_t* at_;
  };

  WireList() = default;
  // A tail shorter than one record is ignored.
  explicit WireList(base::ByteView bytes) : bytes_(bytes.first(bytes.size() / T::wire_size * T::wire_size)) {}
  std::size_t size() const { return bytes_.size() / T::wire_size; }
  bool empty() const { return bytes_.empty(); }
  T operator[](std::size_t i) const { return T::decode(bytes_.data() + i * T::wire_size); }
  Iterator begin() const { return Iterator(bytes_.data()); }
  Iterator end() const { return Iterator(bytes_.data() + bytes_.size()); }

 private:
  base::ByteView bytes_;
};

}  // namespace greenroom::wire
