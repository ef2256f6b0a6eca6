// The layers of a producer that a subscriber gets, each with all below it. A value.
#pragma once
#include <compare>

namespace greenroom::sfu {

struct Layers {
  int spatial = -1;  // -1: nothing
  int temporal = -1;
  friend auto operator<=>(const Layers&, const Layers&) = default;
};

}  // namespace greenroom::sfu
