#include "net/detail/response_head.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "net/coding.hpp"
#include "net/detail/gzip.hpp"

namespace greenroom::net {
namespace {

const Headers none;
const ServerFields own{"id", "today", none};
constexpr std::string_view ours = "X-Request-Id: id\r\nDate: today\r\n";

TEST(ResponseHead, writes_status_fields_and_framing) {
  Response response{206, {}, {}};
  response.headers.add("Set-Cookie", "a=1");
  response.headers.add("Set-Cookie", "b=2");
  EXPECT_EQ(serialize_head(response, {12, true, 1}, own),
            fmt::format("HTTP/1.1 206 Partial Content\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n{}"
                        "Content-Length: 12\r\n\r\n",
                        ours));
  EXPECT_EQ(serialize_head(Response{204, {}, {}}, {std::nullopt, false, 1}, own),
            fmt::format("HTTP/1.1 204 No Content\r\n{}Connection: close\r\n\r\n", ours));
}

TEST(ResponseHead, a_value_cannot_start_a_field) {
  Response response;
  response.headers.add("Location", "/x\r\nSet-Cookie: stolen=1");
  response.headers.add("Bad Name\r\n", "x");
  response.headers.add("Content-Length", "999");
  response.headers.add("X-Request-Id", "another");
  response.headers.add("Transfer-Encoding", "chunked");
  EXPECT_EQ(serialize_head(response, {0, true, 1}, own),
            fmt::format("HTTP/1.1 200 OK\r\nLocation: /x  Set-Cookie: stolen=1\r\n{}Content-Length: 0\r\n\r\n", ours));
}

TEST(ResponseHead, defaults_yield_to_the_handler) {
  Response response;
  response.headers.set("X-Frame-Options", "SAMEORIGIN");
  Headers defaults;
  defaults.set("x-frame-options", "DENY");
  defaults.set("X-Content-Type-Options", "nosniff");
  response.headers.set("date", "yesterday");
  EXPECT_EQ(serialize_head(response, {0, true, 1}, {"id", "today", defaults}),
            "HTTP/1.1 200 OK\r\nX-Frame-Options: SAMEORIGIN\r\ndate: yesterday\r\nX-Request-Id: id\r\n"
            "X-Content-Type-Options: nosniff\r\nContent-Length: 0\r\n\r\n");
}

TEST(ResponseHead, date_is_the_rfc_example) {
  EXPECT_EQ(http_date(base::wall_from_micros(784'111'777'000'000)), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(Coding, is_accepted_when_named) {
  for (std::string_view yes : {"gzip", "br, GZIP;q=0.5", "*", "gzip; q=1.0"})
    EXPECT_TRUE(accepts_coding(yes, "gzip")) << yes;
  for (std::string_view no : {"", "br", "gzip;q=0", "gzip; q=0.000", "identity", "gzip;q=0, *"}) {
    EXPECT_FALSE(accepts_coding(no, "gzip")) << no;
  }
}

TEST(Gzip, is_for_text) {
  for (std::string_view yes :
       {"text/html; charset=utf-8", "application/json", "application/problem+json", "image/svg+xml"}) {
    EXPECT_TRUE(is_compressible(yes)) << yes;
  }
  for (std::string_view no : {"video/mp4", "image/png", "application/octet-stream", ""})
    EXPECT_FALSE(is_compressible(no));
}

}  // namespace
}  // namespace greenroom::net
