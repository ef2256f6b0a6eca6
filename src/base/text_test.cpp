#include "base/text.hpp"

#include <gtest/gtest.h>

namespace greenroom::base {
namespace {

TEST(Text, PercentEncodesAllButWhatStays) {
  EXPECT_EQ(percent_encode("aZ9-._~"), "aZ9-._~");
  EXPECT_EQ(percent_encode("a b/ü+%"), "a%20b%2F%C3%BC%2B%25");
  EXPECT_EQ(percent_encode("/a b/~", "/"), "/a%20b/%7E");
  EXPECT_EQ(percent_encode(std::string(1, '\0')), "%00");
}

TEST(Text, EscapesWhatHtmlReads) {
  EXPECT_EQ(escape_html("<a href=\"x\">Tom & 'Ü'</a>"), "&lt;a href=&quot;x&quot;&gt;Tom &amp; &#39;Ü&#39;&lt;/a&gt;");
}

TEST(Text, CaseOfAsciiAlone) {
  EXPECT_EQ(lower("Content-TYPE @[`{ ÄÖ"), "content-type @[`{ ÄÖ");
  EXPECT_TRUE(equal_without_case("video/VP8", "VIDEO/vp8"));
  EXPECT_FALSE(equal_without_case("video/VP8", "video/VP"));
  EXPECT_FALSE(equal_without_case("@", "`"));  // they differ in the bit that tells A from a
}

TEST(Text, ControlCharacters) {
  for (std::string_view text : {"a\nb", "\t", "\x7f", "\x1f"}) EXPECT_TRUE(has_control(text));
  EXPECT_TRUE(has_control(std::string_view("\0", 1)));
  EXPECT_FALSE(has_control("Grüner Raum ~"));
}

}  // namespace
}  // namespace greenroom::base
