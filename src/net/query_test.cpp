#include "net/query.hpp"

#include <gtest/gtest.h>

#include "net/cookie.hpp"
#include "net/http.hpp"

namespace greenroom::net {
namespace {

using Text = std::optional<std::string>;

TEST(Query, percent_decoding) {
  EXPECT_EQ(percent_decode("a%20b%2B%e4"), "a b+\xe4");
  EXPECT_EQ(percent_decode("%00"), std::string(1, '\0'));
  for (std::string_view bad : {"%", "%4", "%4g", "a%", "%%41"}) EXPECT_EQ(percent_decode(bad), std::nullopt) << bad;
}

TEST(Query, finds_parameters) {
  const std::string_view query = "a=1&flag&b=x+y%26z&a=2&empty=&=noname&k%65y=v&bad=%zz&eq=a=b";
  EXPECT_EQ(find_query_parameter(query, "a"), "1");
  EXPECT_EQ(find_query_parameter(query, "flag"), "");
  EXPECT_EQ(find_query_parameter(query, "b"), "x y&z");
  EXPECT_EQ(find_query_parameter(query, "empty"), "");
  EXPECT_EQ(find_query_parameter(query, ""), "noname");
  EXPECT_EQ(find_query_parameter(query, "key"), "v");
  EXPECT_EQ(find_query_parameter(query, "bad"), Text());
  EXPECT_EQ(find_query_parameter(query, "eq"), "a=b");
  EXPECT_EQ(find_query_parameter(query, "A"), Text());
  EXPECT_EQ(find_query_parameter("", "a"), Text());
  EXPECT_EQ(find_query_parameter("&&&", "a"), Text());
}

TEST(Cookie, finds_values) {
  const std::string_view field = "a=1; greenroom_session=abc=def; q=\"x y\";b=; novalue; A=2;a=3";
  EXPECT_EQ(find_cookie(field, "a"), "1");
  EXPECT_EQ(find_cookie(field, "greenroom_session"), "abc=def");
  EXPECT_EQ(find_cookie(field, "q"), "x y");
  EXPECT_EQ(find_cookie(field, "b"), "");
  EXPECT_EQ(find_cookie(field, "A"), "2");
  EXPECT_EQ(find_cookie(field, "novalue"), Text());
  EXPECT_EQ(find_cookie(field, "session"), Text());
  EXPECT_EQ(find_cookie("", "a"), Text());
  EXPECT_EQ(find_cookie(";;=;", "a"), Text());
  EXPECT_EQ(find_cookie("a=\"", "a"), "\"");
}

TEST(Cookie, may_stand_in_several_fields) {
  Request request;
  request.headers.add("Cookie", "a=1");
  request.headers.add("cookie", "b=2");
  EXPECT_EQ(cookie(request, "b"), "2");
}

TEST(Headers, set_replaces_and_add_adds) {
  Headers headers;
  headers.add("Set-Cookie", "a");
  headers.add("set-cookie", "b");
  headers.set("ETag", "x");
  headers.set("etag", "y");
  EXPECT_EQ(headers.find("SET-COOKIE"), "a");
  EXPECT_EQ(headers.find("ETag"), "y");
  EXPECT_EQ(headers.all().size(), 3u);
  EXPECT_EQ(headers.find("none"), std::nullopt);
}

TEST(Responder, answers_once_and_500_when_dropped) {
  std::vector<int> statuses;
  const auto note = [&](Response response) { statuses.push_back(response.status); };
  { Responder dropped(note); }
  {
    Responder used(note);
    Responder moved(std::move(used));
    moved(Response{204, {}, {}});
    moved(Response{200, {}, {}});
  }
  EXPECT_EQ(statuses, (std::vector<int>{500, 204}));
}

}  // namespace
}  // namespace greenroom::net
