#include "crypto/encoding.hpp"

#include "base/rng.hpp"

namespace greenroom::crypto {
namespace {

std::string decoded(const base::Result<base::Bytes>& bytes) {
  return bytes ? std::string(base::as_text(*bytes)) : "error";
}

TEST(Encoding, Base64OfRfc4648) {
  const std::pair<std::string_view, std::string_view> vectors[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [plain, text] : vectors) {
    EXPECT_EQ(to_base64(base::as_bytes(plain)), text);
    EXPECT_EQ(decoded(from_base64(text)), plain);
  }
}

TEST(Encoding, Base64IsStrict) {
  for (const auto* text : {"Zg", "Zg=", "Zg===", "Zh==", "Z===", "====", "Zm9v\n", "Zm 9", "Zm9-", "=Zg="})
    EXPECT_FALSE(from_base64(text)) << text;
}

TEST(Encoding, Base64UrlIsUnpaddedAndStrict) {
  const std::uint8_t bytes[] = {0xFB, 0xEF, 0xFF, 0xFE};
  EXPECT_EQ(to_base64url(bytes), "--___g");
  EXPECT_EQ(decoded(from_base64url("--___g")), std::string("\xFB\xEF\xFF\xFE"));
  for (const auto* text : {"--___g==", "++//", "A", "--___h"}) EXPECT_FALSE(from_base64url(text)) << text;
}

TEST(Encoding, Hex) {
  const std::uint8_t bytes[] = {0x00, 0xAB, 0x7F};
  EXPECT_EQ(to_hex(bytes), "00ab7f");
  EXPECT_EQ(*from_hex("00Ab7f"), base::Bytes({0x00, 0xAB, 0x7F}));
  EXPECT_FALSE(from_hex("0"));
  EXPECT_FALSE(from_hex("0g"));
}

TEST(Encoding, EverythingComesBack) {
  base::SeededRng rng(1);
  for (std::size_t size = 0; size < 70; ++size) {
    base::Bytes bytes(size);
    rng.fill(bytes);
    EXPECT_EQ(*from_base64(to_base64(bytes)), bytes);
    EXPECT_EQ(*from_base64url(to_base64url(bytes)), bytes);
    EXPECT_EQ(*from_hex(to_hex(bytes)), bytes);
  }
}

}  // namespace
}  // namespace greenroom::crypto
