// The value in the middle: of two, the greater. Pure.
#pragma once
#include <algorithm>
#include <vector>

namespace greenroom::media {

// values must not be empty.
inline double median(std::vector<double> values) {
  const auto middle = values.begin() + std::ptrdiff_t(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace greenroom::media
