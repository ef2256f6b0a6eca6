#include "net/detail/response_head.hpp"

#include <gtest/gtest.h>

#include "net/coding.hpp"
#include "net/detail/gzip.hpp"

namespace greenroom::net {
namespace {

TEST(ResponseHead, writes_status_fields_and_framing) {
  Response response{206, {}, {}};
  response.headers.add("Set-Cookie", "a=1");
  response.headers.add("Set-Cookie", "b=2");
  EXPECT_EQ(serialize_head(response, {12, true, 1}),
            "HTTP/1.1 206 Partial Content\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 12\r\n\r\n");
  EXPECT_EQ(serialize_head(Response{204, {}, {}}, {std::nullopt, false, 1}),
            "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
}

TEST(ResponseHead, a_value_cannot_start_a_field) {
  Response response;
  response.headers.add("Location", "/x\r\nSet-Cookie: stolen=1");
  response.headers.add("Bad Name\r\n", "x");
  response.headers.add("Content-Length", "999");
  response.headers.add("Transfer-Encoding", "chunked");
  EXPECT_EQ(serialize_head(response, {0, true, 1}),
            "HTTP/1.1 200 OK\r\nLocation: /x  Set-Cookie: stolen=1\r\nContent-Length: 0\r\n\r\n");
}

TEST(ResponseHead, defaults_yield_to_the_handler) {
  Response response;
  response.headers.set("X-Frame-Options", "SAMEORIGIN");
  Headers defaults;
  defaults.set("x-frame-options", "DENY");
  defaults.set("X-Content-Type-Options", "nosniff");
  add_default_fields(response, "id", "today", defaults);
  EXPECT_EQ(response.headers.find("x-frame-options"), "SAMEORIGIN");
  EXPECT_EQ(response.headers.find("x-content-type-options"), "nosniff");
  EXPECT_EQ(response.headers.find("x-request-id"), "id");
  EXPECT_EQ(response.headers.find("date"), "today");
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
