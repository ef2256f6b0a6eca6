#include "net/detail/target.hpp"

#include <gtest/gtest.h>

namespace greenroom::net {
namespace {

struct Case {
  std::string_view raw;
  std::optional<std::string_view> path;
  std::string_view query = "";
};

class Targets : public testing::TestWithParam<Case> {};

TEST_P(Targets, path_and_query) {
  const auto target = parse_target(GetParam().raw);
  ASSERT_EQ(target.has_value(), GetParam().path.has_value()) << GetParam().raw;
  if (!target) return;
  EXPECT_EQ(target->path, *GetParam().path);
  EXPECT_EQ(target->query, GetParam().query);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Targets,
    testing::Values(Case{"/", "/"}, Case{"/a/b", "/a/b"}, Case{"/a/", "/a/"}, Case{"//a///b//", "/a/b/"},
                    Case{"/a?x=1&y=%20", "/a", "x=1&y=%20"}, Case{"/?", "/"}, Case{"/a?b?c", "/a", "b?c"},
                    Case{"/caf%C3%A9", "/caf\xc3\xa9"}, Case{"/a%20b+c", "/a b+c"}, Case{"/.hidden", "/.hidden"},
                    Case{"/...", "/..."}, Case{"/a%3Fb", "/a?b"}, Case{"*", "*"}, Case{"http://h/x?y", "/x", "y"},
                    Case{"HTTPS://h", "/"}, Case{"http://h?q", "/", "q"}, Case{"/..", std::nullopt},
                    Case{"/.", std::nullopt}, Case{"/a/../b", std::nullopt}, Case{"/a/./b", std::nullopt},
                    Case{"/%2e%2e/x", std::nullopt}, Case{"/a/.%2E", std::nullopt}, Case{"/a%2fb", std::nullopt},
                    Case{"/a%5cb", std::nullopt}, Case{"/a\\b", std::nullopt}, Case{"/a%00", std::nullopt},
                    Case{"/a%0d%0ab", std::nullopt}, Case{"/a%7f", std::nullopt}, Case{"/%", std::nullopt},
                    Case{"/%4", std::nullopt}, Case{"/%zz", std::nullopt}, Case{"/%c3", std::nullopt},
                    Case{"/%c0%af", std::nullopt}, Case{"/%ed%a0%80", std::nullopt}, Case{"", std::nullopt},
                    Case{"a", std::nullopt}, Case{"/a#b", std::nullopt}, Case{"host:443", std::nullopt},
                    Case{"ftp://h/x", std::nullopt}, Case{"?x", std::nullopt}));

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
