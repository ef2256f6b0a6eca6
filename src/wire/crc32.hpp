// CRC-32 of IEEE 802.3 (reflected 0xEDB88320), as in STUN's FINGERPRINT, zlib and PNG.
#pragma once
#include <cstdint>

#include "base/bytes.hpp"

namespace greenroom::wire {

// To go on over further pieces, pass the result of the piece before.
std::uint32_t crc32(base::ByteView bytes, std::uint32_t so_far = 0);

}  // namespace greenroom::wire
