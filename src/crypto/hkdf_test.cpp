#include "crypto/hkdf.hpp"

#include <gtest/gtest.h>

#include "crypto/encoding.hpp"

namespace greenroom::crypto {
namespace {

std::string derived(std::string_view key, std::string_view salt, std::string_view info, std::size_t size) {
  const auto key_bytes = *from_hex(key), salt_bytes = *from_hex(salt), info_bytes = *from_hex(info);
  base::Bytes out(size);
  hkdf_sha256({key_bytes, salt_bytes, info_bytes}, out);
  return to_hex(out);
}

// RFC 5869, appendices A.1 to A.3.
TEST(Hkdf, IsTheOneOfTheRfc) {
  std::string key_of_0b;
  for (int i = 0; i < 22; ++i) key_of_0b += "0b";
  EXPECT_EQ(derived(key_of_0b, "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9", 42),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  const auto run = [](int first) {
    base::Bytes bytes;
    for (int i = 0; i < 80; ++i) bytes.push_back(std::uint8_t(first + i));
    return to_hex(bytes);
  };
  EXPECT_EQ(derived(run(0x00), run(0x60), run(0xb0), 82),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
            "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87");
  EXPECT_EQ(derived(key_of_0b, "", "", 42),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

}  // namespace
}  // namespace greenroom::crypto
