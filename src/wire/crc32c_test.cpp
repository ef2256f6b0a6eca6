#include "wire/crc32c.hpp"

namespace greenroom::wire {
namespace {

// The check value of the CRC catalogues and the examples of RFC 3720 appendix B.4.
TEST(Crc32c, KnownSums) {
  EXPECT_EQ(crc32c(base::as_bytes("123456789")), 0xE3069283U);
  EXPECT_EQ(crc32c(base::Bytes(32, 0)), 0x8A9136AAU);
  EXPECT_EQ(crc32c(base::Bytes(32, 0xFF)), 0x62A8AB43U);
  base::Bytes rising(32);
  for (std::uint8_t i = 0; i < 32; ++i) rising[i] = i;
  EXPECT_EQ(crc32c(rising), 0x46DD794EU);
  EXPECT_EQ(crc32c({}), 0U);
}

TEST(Crc32c, GoesOnOverPieces) {
  const auto text = base::as_bytes("data channels over SCTP over DTLS");
  for (std::size_t cut = 0; cut <= text.size(); ++cut)
    EXPECT_EQ(crc32c(text.subspan(cut), crc32c(text.first(cut))), crc32c(text));
}

}  // namespace
}  // namespace greenroom::wire
