#include "wire/rfc4571.hpp"

#include <algorithm>

namespace greenroom::wire {

bool FrameReader::fill_to(std::size_t size, base::ByteSpan& bytes) {
  const auto taken = partial_.size() >= size ? 0 : std::min(size - partial_.size(), bytes.size());
  partial_.insert(partial_.end(), bytes.begin(), bytes.begin() + std::ptrdiff_t(taken));
  bytes = bytes.subspan(taken);
  return partial_.size() >= size;
}

}  // namespace greenroom::wire
