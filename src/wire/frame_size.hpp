// The size of a coded picture in samples. A value.
#pragma once
#include <cstdint>

namespace greenroom::wire {

struct FrameSize {
  std::uint16_t width = 0;
  std::uint16_t height = 0;
  friend bool operator==(const FrameSize&, const FrameSize&) = default;
};

}  // namespace greenroom::wire
