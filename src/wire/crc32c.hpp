// CRC-32C (Castagnoli, reflected 0x82F63B78), SCTP's checksum (RFC 9260 §6.8 and appendix A).
#pragma once
#include <cstdint>

#include "base/bytes.hpp"

namespace greenroom::wire {

// To go on over further pieces, pass the result of the piece before.
std::uint32_t crc32c(base::ByteView bytes, std::uint32_t so_far = 0);

}  // namespace greenroom::wire
