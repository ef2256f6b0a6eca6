#include "net/detail/target.hpp"

#include <gtest/gtest.h>

namespace greenroom::net {
namespace {

struct TargetCase {
  std::string_view raw;
  std::optional<std::string_view> path;
  std::string_view query = "";
};

class Targets : public testing::TestWithParam<TargetCase> {};

TEST_P(Targets, path_and_query) {
  const auto target = parse_target(GetParam().raw);
  ASSERT_EQ(target.has_value(), GetParam().path.has_value()) << GetParam().raw;
  if (!target) return;
  EXPECT_EQ(target->path, *GetParam().path);
  EXPECT_EQ(target->query, GetParam().query);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Targets,
    testing::Values(
        TargetCase{"/", "/"}, TargetCase{"/a/b", "/a/b"}, TargetCase{"/a/", "/a/"}, TargetCase{"//a///b//", "/a/b/"},
        TargetCase{"/a?x=1&y=%20", "/a", "x=1&y=%20"}, TargetCase{"/?", "/"}, TargetCase{"/a?b?c", "/a", "b?c"},
        TargetCase{"/caf%C3%A9", "/caf\xc3\xa9"}, TargetCase{"/a%20b+c", "/a b+c"}, TargetCase{"/.hidden", "/.hidden"},
        TargetCase{"/...", "/..."}, TargetCase{"/a%3Fb", "/a?b"}, TargetCase{"*", "*"},
        TargetCase{"http://h/x?y", "/x", "y"}, TargetCase{"HTTPS://h", "/"}, TargetCase{"http://h?q", "/", "q"},
        TargetCase{"/..", std::nullopt}, TargetCase{"/.", std::nullopt}, TargetCase{"/a/../b", std::nullopt},
        TargetCase{"/a/./b", std::nullopt}, TargetCase{"/%2e%2e/x", std::nullopt}, TargetCase{"/a/.%2E", std::nullopt},
        TargetCase{"/a%2fb", std::nullopt}, TargetCase{"/a%5cb", std::nullopt}, TargetCase{"/a\\b", std::nullopt},
        TargetCase{"/a%00", std::nullopt}, TargetCase{"/a%0d%0ab", std::nullopt}, TargetCase{"/a%7f", std::nullopt},
        TargetCase{"/%", std::nullopt}, TargetCase{"/%4", std::nullopt}, TargetCase{"/%zz", std::nullopt},
        TargetCase{"/%c3", std::nullopt}, TargetCase{"/%c0%af", std::nullopt}, TargetCase{"/%ed%a0%80", std::nullopt},
        TargetCase{"", std::nullopt}, TargetCase{"a", std::nullopt}, TargetCase{"/a#b", std::nullopt},
        TargetCase{"host:443", std::nullopt}, TargetCase{"ftp://h/x", std::nullopt}, TargetCase{"?x", std::nullopt}));

TEST(Utf8, accepts_and_refuses) {
  for (std::string_view good : {"", "abc", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x8e\x99", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
  for (std::string_view bad : {"\x80", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff",
                               "\xe2\x82", "a\xc3(b"}) {
    EXPECT_FALSE(is_utf8(bad));
  }
}

}  // namespace
}  // namespace greenroom::net
