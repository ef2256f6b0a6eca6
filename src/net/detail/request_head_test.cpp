#include "net/detail/request_head.hpp"

#include <gtest/gtest.h>

namespace greenroom::net {
namespace {

int status_of(std::string_view head) {
  HeadScanner scanner;
  if (scanner.scan(head) != HeadScanner::Found::complete) return -1;
  const auto parsed = parse_request_head(head.substr(0, scanner.end()));
  return parsed ? 200 : parsed.error().status;
}

TEST(RequestHead, reads_what_a_browser_sends) {
  const auto head = parse_request_head(
      "POST /a?b=c HTTP/1.1\r\nHost: localhost:4000\r\nContent-Length: 12\r\nX-Empty:\r\nX-Padded: \t a b \t\r\n\r\n");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->method, "POST");
  EXPECT_EQ(head->target, "/a?b=c");
  EXPECT_EQ(head->content_length, 12u);
  EXPECT_TRUE(head->has_body());
  EXPECT_TRUE(head->keep_alive);
  EXPECT_EQ(head->headers.find("host"), "localhost:4000");
  EXPECT_EQ(head->headers.find("x-empty"), "");
  EXPECT_EQ(head->headers.find("X-PADDED"), "a b");
}

struct Case {
  std::string_view head;
  int status;  // -1: not even a head
};

class RequestHeadCases : public testing::TestWithParam<Case> {};

TEST_P(RequestHeadCases, status) { EXPECT_EQ(status_of(GetParam().head), GetParam().status) << GetParam().head; }

INSTANTIATE_TEST_SUITE_P(
    Framing, RequestHeadCases,
    testing::Values(
        Case{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        Case{"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400},
        Case{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", 400},
        Case{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\ncontent-length: 6\r\n\r\n", 400},
        Case{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5, 5\r\n\r\n", 400},
        Case{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +5\r\n\r\n", 400},
        Case{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", 400},
        Case{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0x5\r\n\r\n", 400},
        Case{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length:\r\n\r\n", 400},
        Case{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5 5\r\n\r\n", 400},
        Case{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9223372036854775808\r\n\r\n", 400},
        Case{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n", 400},
        Case{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9223372036854775807\r\n\r\n", 200},
        Case{"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
        Case{"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501},
        Case{"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n", 501},
        Case{"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: identity\r\n\r\n", 501},
        Case{"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        Case{"POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        Case{"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: CHUNKED\r\n\r\n", 200}));

INSTANTIATE_TEST_SUITE_P(
    Lines, RequestHeadCases,
    testing::Values(
        Case{"GET / HTTP/1.1\r\nHost: h\r\n\r\n", 200}, Case{"GET / HTTP/1.1\r\n\r\n", 400},
        Case{"GET / HTTP/1.0\r\n\r\n", 200}, Case{"GET / HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n", 400},
        Case{"GET / HTTP/1.1\nHost: h\n\n", -1}, Case{"GET / HTTP/1.1\r\nHost: h\n\r\n", -1},
        Case{"GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n", -1},
        Case{std::string_view("GET / HTTP/1.1\r\nHost: h\0\r\n\r\n", 29), -1},
        Case{"GET / HTTP/1.1\r\nHost: h\x01\r\n\r\n", -1}, Case{"GET / HTTP/1.1\r\nHost: h\r\n folded: x\r\n\r\n", 400},
        Case{"GET / HTTP/1.1\r\nHost: h\r\n\tfolded: x\r\n\r\n", 400}, Case{"GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400},
        Case{"GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400}, Case{"GET / HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n", 400},
        Case{"GET / HTTP/1.1\r\nHost: h\r\n: empty\r\n\r\n", 400},
        Case{"GET / HTTP/1.1\r\nHost: h\r\nX(: y\r\n\r\n", 400}, Case{"GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        Case{"GET /  HTTP/1.1\r\nHost: h\r\n\r\n", 400}, Case{"GET /\r\nHost: h\r\n\r\n", 400},
        Case{"GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 400}, Case{"G@T / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        Case{"GET /\xc3\xa4 HTTP/1.1\r\nHost: h\r\n\r\n", 400}, Case{"GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505},
        Case{"GET / HTTP/1.2\r\nHost: h\r\n\r\n", 505}, Case{"GET / http/1.1\r\nHost: h\r\n\r\n", 400},
        Case{"GET / HTTP/1.1x\r\nHost: h\r\n\r\n", 400}, Case{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        Case{"\x16\x03\x01\x02", -1}, Case{"GET / HTTP/1.1\r\nHost: h\r\nExpect: 200-ok\r\n\r\n", 417}));

TEST(RequestHead, too_many_fields) {
  std::string head = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < 100; ++i) head += "X: y\r\n";
  EXPECT_EQ(status_of(head + "\r\n"), 431);
}

TEST(RequestHead, connection_options) {
  const auto keep = [](std::string_view version, std::string_view connection) {
    const auto head =
        "GET / " + std::string(version) + "\r\nHost: h\r\nConnection: " + std::string(connection) + "\r\n\r\n";
    return parse_request_head(head)->keep_alive;
  };
  EXPECT_TRUE(keep("HTTP/1.1", "keep-alive"));
  EXPECT_FALSE(keep("HTTP/1.1", "close"));
  EXPECT_FALSE(keep("HTTP/1.1", "Upgrade, Close"));
  EXPECT_FALSE(keep("HTTP/1.0", ""));
  EXPECT_TRUE(keep("HTTP/1.0", "Keep-Alive"));
}

TEST(RequestHead, upgrade_needs_both_fields) {
  const auto wants = [](std::string_view fields) {
    return parse_request_head("GET / HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n")->wants_web_socket;
  };
  EXPECT_TRUE(wants("Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"));
  EXPECT_FALSE(wants("Upgrade: websocket\r\n"));
  EXPECT_FALSE(wants("Connection: upgrade\r\nUpgrade: h2c\r\n"));
}

TEST(HeadScanner, finds_the_end_however_the_bytes_are_cut) {
  const std::string_view bytes = "GET / HTTP/1.1\r\nHost: h\r\n\r\nrest";
  for (std::size_t cut = 0; cut < bytes.size() - 4; ++cut) {
    HeadScanner scanner;
    ASSERT_EQ(scanner.scan(bytes.substr(0, cut)), HeadScanner::Found::incomplete) << cut;
    ASSERT_EQ(scanner.scan(bytes), HeadScanner::Found::complete);
    ASSERT_EQ(scanner.end(), bytes.size() - 4);
  }
}

}  // namespace
}  // namespace greenroom::net
