// A datagram as it came in: where from, and its bytes, which lie in somebody's buffer and may be changed in place.
#pragma once
#include "base/address.hpp"
#include "base/bytes.hpp"

namespace greenroom::base {

struct Datagram {
  Address from;
  ByteSpan bytes;
};

}  // namespace greenroom::base
