// Transmission sequence numbers: 32 bits on the wire, 64 inside, so that they compare as numbers (RFC 9260 §1.6).
#pragma once
#include <cstdint>

namespace greenroom::sctp {

using Tsn = std::uint64_t;

// Leaves room below for a peer that counts backwards.
constexpr Tsn first_tsn(std::uint32_t initial) { return (Tsn(1) << 32) + initial; }
// The number with these lower bits that is closest to `near`.
constexpr Tsn extend(std::uint32_t tsn, Tsn near) {
  return near + Tsn(std::int64_t(std::int32_t(tsn - std::uint32_t(near))));
}

}  // namespace greenroom::sctp
