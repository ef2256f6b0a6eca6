#include "net/detail/range.hpp"

#include <gtest/gtest.h>

namespace greenroom::net {
namespace {

using Kind = RangeChoice::Kind;

struct RangeCase {
  std::string_view field;
  std::uint64_t size;
  Kind kind;
  std::uint64_t first = 0;
  std::uint64_t length = 0;
};

class Ranges : public testing::TestWithParam<RangeCase> {};

TEST_P(Ranges, choice) {
  const auto choice = choose_range(GetParam().field, GetParam().size);
  EXPECT_EQ(choice.kind, GetParam().kind) << GetParam().field;
  if (choice.kind != Kind::part) return;
  EXPECT_EQ(choice.first, GetParam().first) << GetParam().field;
  EXPECT_EQ(choice.length, GetParam().length) << GetParam().field;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Ranges,
    testing::Values(RangeCase{"bytes=0-0", 10, Kind::part, 0, 1}, RangeCase{"bytes=0-", 10, Kind::part, 0, 10},
                    RangeCase{"bytes=5-7", 10, Kind::part, 5, 3}, RangeCase{"bytes=9-", 10, Kind::part, 9, 1},
                    RangeCase{"bytes=5-100", 10, Kind::part, 5, 5}, RangeCase{"bytes=-3", 10, Kind::part, 7, 3},
                    RangeCase{"bytes=-100", 10, Kind::part, 0, 10}, RangeCase{"Bytes=1-2", 10, Kind::part, 1, 2},
                    RangeCase{"bytes= 1-2 ", 10, Kind::part, 1, 2},
                    RangeCase{"bytes=0-18446744073709551615", 10, Kind::part, 0, 10},
                    RangeCase{"bytes=10-", 10, Kind::unsatisfiable}, RangeCase{"bytes=-0", 10, Kind::unsatisfiable},
                    RangeCase{"bytes=0-", 0, Kind::unsatisfiable}, RangeCase{"bytes=100-200", 10, Kind::unsatisfiable},
                    RangeCase{"bytes=-5", 0, Kind::whole}, RangeCase{"bytes=7-5", 10, Kind::whole},
                    RangeCase{"bytes=0-1,3-4", 10, Kind::whole}, RangeCase{"bytes=", 10, Kind::whole},
                    RangeCase{"bytes=-", 10, Kind::whole}, RangeCase{"bytes=a-b", 10, Kind::whole},
                    RangeCase{"items=0-1", 10, Kind::whole}, RangeCase{"bytes=1 - 2", 10, Kind::whole},
                    RangeCase{"bytes=+1-2", 10, Kind::whole}, RangeCase{"", 10, Kind::whole},
                    RangeCase{"bytes=0-99999999999999999999999", 10, Kind::whole},
                    RangeCase{"bytes=--1", 10, Kind::whole}));

TEST(Conditions, etag_lists) {
  EXPECT_TRUE(etag_list_matches("\"a\"", "\"a\""));
  EXPECT_TRUE(etag_list_matches("\"x\", W/\"a\"", "\"a\""));
  EXPECT_TRUE(etag_list_matches("*", "\"a\""));
  EXPECT_TRUE(etag_list_matches("\"a,b\", \"c\"", "\"a,b\""));
  EXPECT_FALSE(etag_list_matches("\"b\"", "\"a\""));
  EXPECT_FALSE(etag_list_matches("a", "\"a\""));
  EXPECT_FALSE(etag_list_matches("", "\"a\""));
  EXPECT_FALSE(etag_list_matches("\"\"", ""));
}

TEST(Conditions, if_range_is_strong) {
  EXPECT_TRUE(if_range_holds("\"a\"", "\"a\""));
  EXPECT_FALSE(if_range_holds("W/\"a\"", "W/\"a\""));
  EXPECT_FALSE(if_range_holds("\"b\"", "\"a\""));
  EXPECT_FALSE(if_range_holds("Sun, 06 Nov 1994 08:49:37 GMT", "\"a\""));
}

struct Selected {
  int status;
  std::uint64_t first, length;
  std::string content_range;
};

Selected select(std::string_view method, std::initializer_list<std::pair<const char*, const char*>> fields) {
  Request request;
  request.method = method;
  for (const auto& [name, value] : fields) request.headers.add(name, value);
  Response response;
  const auto portion = select_portion(request, response, "\"e\"", 100);
  EXPECT_EQ(response.headers.find("etag"), "\"e\"");
  return {response.status, portion.first, portion.length,
          std::string(response.headers.find("content-range").value_or(""))};
}

TEST(Portion, decides_like_rfc_9110) {
  EXPECT_EQ(select("GET", {}).status, 200);
  EXPECT_EQ(select("GET", {}).length, 100u);
  const auto part = select("GET", {{"Range", "bytes=10-19"}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.first, 10u);
  EXPECT_EQ(part.length, 10u);
  EXPECT_EQ(part.content_range, "bytes 10-19/100");
  EXPECT_EQ(select("GET", {{"Range", "bytes=100-"}}).status, 416);
  EXPECT_EQ(select("GET", {{"Range", "bytes=100-"}}).content_range, "bytes */100");
  EXPECT_EQ(select("HEAD", {{"Range", "bytes=10-19"}}).status, 200);  // §14.2: Range is for GET
  EXPECT_EQ(select("GET", {{"Range", "bytes=10-19"}, {"If-Range", "\"e\""}}).status, 206);
  EXPECT_EQ(select("GET", {{"Range", "bytes=10-19"}, {"If-Range", "\"old\""}}).status, 200);
  EXPECT_EQ(select("GET", {{"Range", "bytes=0-1,5-6"}}).status, 200);  // several: the whole is a right answer
  EXPECT_EQ(select("GET", {{"If-Match", "\"e\""}}).status, 200);
  EXPECT_EQ(select("GET", {{"If-Match", "*"}, {"Range", "bytes=0-1"}}).status, 206);
  EXPECT_EQ(select("GET", {{"If-Match", "\"old\""}}).status, 412);
  EXPECT_EQ(select("GET", {{"If-Match", "W/\"e\""}}).status, 412);  // §13.1.1: strong
  EXPECT_EQ(select("GET", {{"If-None-Match", "\"e\""}}).status, 304);
  EXPECT_EQ(select("HEAD", {{"If-None-Match", "*"}}).status, 304);
  EXPECT_EQ(select("POST", {{"If-None-Match", "\"e\""}}).status, 200);
  EXPECT_EQ(select("GET", {{"If-None-Match", "\"e\""}, {"Range", "bytes=0-1"}}).status, 304);  // §13.2.2
}

}  // namespace
}  // namespace greenroom::net
