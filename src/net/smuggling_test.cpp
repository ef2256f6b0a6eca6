// Requests that two readers could understand differently: each is refused as a whole, the connection is closed, nothing
// behind it is taken for a request, and the next client is served.
#include "net/detail/test_server.hpp"

namespace greenroom::net {
namespace {

using namespace std::string_view_literals;

struct SmugglingCase {
  std::string_view name;
  std::string_view bytes;
  int status = 400;
};

class Malformed : public testing::TestWithParam<SmugglingCase> {};

std::string name_of(const testing::TestParamInfo<SmugglingCase>& info) { return std::string(info.param.name); }

// What a smuggler would have us answer.
constexpr std::string_view hidden = "GET /admin HTTP/1.1\r\nHost: h\r\n\r\n";

TEST_P(Malformed, is_refused_and_the_connection_closed) {
  std::atomic<int> asked{0};
  HttpHandler handler;
  handler.request = [&](Request request, Responder respond) {
    ++asked;
    respond(Response{200, {}, request.path});
  };
  TestServer server(handler);
  TestClient client(server.port);
  client.send(std::string(GetParam().bytes) + std::string(hidden));
  const auto answer = client.read_answer();
  EXPECT_EQ(answer.status, GetParam().status);
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_EQ(answer.field("Content-Type"), "application/problem+json");
  EXPECT_TRUE(client.at_end());
  EXPECT_EQ(server.server->stats().malformed, 1u);
  EXPECT_EQ(asked, 0);
  EXPECT_EQ(TestClient(server.port).ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
}

#define POST_HEAD "POST / HTTP/1.1\r\nHost: h\r\n"

INSTANTIATE_TEST_SUITE_P(NoHttp, Malformed,
                         testing::Values(SmugglingCase{"tls_hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc"},
                                         SmugglingCase{"rtp", "\x80\x90garbage\x01"},
                                         SmugglingCase{"http_2_preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
                                         SmugglingCase{"version_3", "GET / HTTP/3.0\r\nHost: h\r\n\r\n", 505},
                                         SmugglingCase{"version_10", "GET / HTTP/1.10\r\nHost: h\r\n\r\n"},
                                         SmugglingCase{"version_lower", "GET / http/1.1\r\nHost: h\r\n\r\n"},
                                         SmugglingCase{"version_0_9", "GET /\r\n\r\n"}),
                         name_of);

INSTANTIATE_TEST_SUITE_P(RequestLine, Malformed,
                         testing::Values(SmugglingCase{"bare_lf", "GET / HTTP/1.1\nHost: h\n\n"},
                                         SmugglingCase{"two_spaces", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n"},
                                         SmugglingCase{"tab", "GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n"},
                                         SmugglingCase{"space_before", " GET / HTTP/1.1\r\nHost: h\r\n\r\n"},
                                         SmugglingCase{"space_after", "GET / HTTP/1.1 \r\nHost: h\r\n\r\n"},
                                         SmugglingCase{"space_in_target", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n"},
                                         SmugglingCase{"odd_method", "GE(T / HTTP/1.1\r\nHost: h\r\n\r\n"},
                                         SmugglingCase{"fragment", "GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n"},
                                         SmugglingCase{"dots", "GET /../etc/passwd HTTP/1.1\r\nHost: h\r\n\r\n"},
                                         SmugglingCase{"coded_dots",
                                                       "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: h\r\n\r\n"},
                                         SmugglingCase{"coded_slash", "GET /a%2fb HTTP/1.1\r\nHost: h\r\n\r\n"},
                                         SmugglingCase{"coded_nul", "GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n"},
                                         SmugglingCase{"cut_escape", "GET /%4 HTTP/1.1\r\nHost: h\r\n\r\n"},
                                         SmugglingCase{"asterisk", "GET * HTTP/1.1\r\nHost: h\r\n\r\n"},
                                         SmugglingCase{"authority", "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n"}),
                         name_of);

INSTANTIATE_TEST_SUITE_P(
    Fields, Malformed,
    testing::Values(SmugglingCase{"no_host", "GET / HTTP/1.1\r\n\r\n"},
                    SmugglingCase{"two_hosts", "GET / HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n"},
                    SmugglingCase{"host_list", "GET / HTTP/1.1\r\nHost: h, i\r\n\r\n"},
                    SmugglingCase{"host_with_user", "GET / HTTP/1.1\r\nHost: a@h\r\n\r\n"},
                    SmugglingCase{"host_with_space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"},
                    SmugglingCase{"host_with_path", "GET / HTTP/1.1\r\nHost: h/x\r\n\r\n"},
                    SmugglingCase{"fold", "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n"},
                    SmugglingCase{"fold_by_tab", "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n\tb\r\n\r\n"},
                    SmugglingCase{"fold_at_once", "GET / HTTP/1.1\r\n Host: h\r\n\r\n"},
                    SmugglingCase{"space_before_colon", "GET / HTTP/1.1\r\nHost: h\r\nX : a\r\n\r\n"},
                    SmugglingCase{"no_colon", "GET / HTTP/1.1\r\nHost: h\r\nX\r\n\r\n"},
                    SmugglingCase{"no_name", "GET / HTTP/1.1\r\nHost: h\r\n: a\r\n\r\n"},
                    SmugglingCase{"odd_name", "GET / HTTP/1.1\r\nHost: h\r\nX(y): a\r\n\r\n"},
                    SmugglingCase{"bare_lf_between", "GET / HTTP/1.1\r\nHost: h\nX: a\r\n\r\n"},
                    SmugglingCase{"bare_lf_at_the_end", "GET / HTTP/1.1\r\nHost: h\r\n\n"},
                    SmugglingCase{"bare_cr", "GET / HTTP/1.1\r\nHost: h\r\nX: a\rY: b\r\n\r\n"},
                    SmugglingCase{"nul", "GET / HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n"sv},
                    SmugglingCase{"vertical_tab", "GET / HTTP/1.1\r\nHost: h\r\nX: a\x0b\r\n\r\n"},
                    SmugglingCase{"delete", "GET / HTTP/1.1\r\nHost: h\r\nX: a\x7f\r\n\r\n"},
                    SmugglingCase{"expectation", "GET / HTTP/1.1\r\nHost: h\r\nExpect: miracles\r\n\r\n", 417}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Framing, Malformed,
    testing::Values(
        SmugglingCase{"length_and_chunked",
                      POST_HEAD "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        SmugglingCase{"chunked_and_length",
                      POST_HEAD "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"},
        SmugglingCase{"two_equal_lengths", POST_HEAD "Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi"},
        SmugglingCase{"two_lengths", POST_HEAD "Content-Length: 2\r\nContent-Length: 0\r\n\r\nhi"},
        SmugglingCase{"length_list", POST_HEAD "Content-Length: 2, 2\r\n\r\nhi"},
        SmugglingCase{"length_plus", POST_HEAD "Content-Length: +2\r\n\r\nhi"},
        SmugglingCase{"length_minus", POST_HEAD "Content-Length: -2\r\n\r\nhi"},
        SmugglingCase{"length_hex", POST_HEAD "Content-Length: 0x2\r\n\r\nhi"},
        SmugglingCase{"length_empty", POST_HEAD "Content-Length: \r\n\r\nhi"},
        SmugglingCase{"length_quoted", POST_HEAD "Content-Length: \"2\"\r\n\r\nhi"},
        SmugglingCase{"length_with_space", POST_HEAD "Content-Length: 2 0\r\n\r\nhi"},
        SmugglingCase{"length_too_large", POST_HEAD "Content-Length: 99999999999999999999\r\n\r\nhi"},
        SmugglingCase{"two_codings",
                      POST_HEAD "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"},
        SmugglingCase{"chunked_twice", POST_HEAD "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 501},
        SmugglingCase{"chunked_not_last", POST_HEAD "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", 501},
        SmugglingCase{"gzip", POST_HEAD "Transfer-Encoding: gzip\r\n\r\n", 501},
        SmugglingCase{"xchunked", POST_HEAD "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501},
        SmugglingCase{"chunked_quoted", POST_HEAD "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", 501},
        SmugglingCase{"coding_empty", POST_HEAD "Transfer-Encoding: \r\n\r\n0\r\n\r\n", 501},
        SmugglingCase{"coding_with_vertical_tab", POST_HEAD "Transfer-Encoding: \x0b"
                                                            "chunked\r\n\r\n0\r\n\r\n"},
        SmugglingCase{"coding_space_before_colon", POST_HEAD "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"},
        SmugglingCase{"coding_folded", POST_HEAD "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"},
        SmugglingCase{"chunked_in_1_0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Chunks, Malformed,
    testing::Values(
        SmugglingCase{"no_digit", POST_HEAD "Transfer-Encoding: chunked\r\n\r\nzz\r\n"},
        SmugglingCase{"empty_size", POST_HEAD "Transfer-Encoding: chunked\r\n\r\n\r\n"},
        SmugglingCase{"hex_prefix", POST_HEAD "Transfer-Encoding: chunked\r\n\r\n0x2\r\nhi\r\n0\r\n\r\n"},
        SmugglingCase{"minus", POST_HEAD "Transfer-Encoding: chunked\r\n\r\n-2\r\nhi\r\n0\r\n\r\n"},
        SmugglingCase{"plus", POST_HEAD "Transfer-Encoding: chunked\r\n\r\n+2\r\nhi\r\n0\r\n\r\n"},
        SmugglingCase{"space_before", POST_HEAD "Transfer-Encoding: chunked\r\n\r\n 2\r\nhi\r\n0\r\n\r\n"},
        SmugglingCase{"overflow", POST_HEAD "Transfer-Encoding: chunked\r\n\r\n10000000000000002\r\nhi\r\n0\r\n\r\n"},
        SmugglingCase{"bare_lf_after_size", POST_HEAD "Transfer-Encoding: chunked\r\n\r\n2\nhi\r\n0\r\n\r\n"},
        SmugglingCase{"bare_lf_in_extension", POST_HEAD "Transfer-Encoding: chunked\r\n\r\n2;a\nhi\r\n0\r\n\r\n"},
        SmugglingCase{"bare_cr_after_size", POST_HEAD "Transfer-Encoding: chunked\r\n\r\n2\rhi\r\n0\r\n\r\n"},
        SmugglingCase{"no_end_of_data", POST_HEAD "Transfer-Encoding: chunked\r\n\r\n2\r\nhi0\r\n\r\n"},
        SmugglingCase{"bare_lf_after_data", POST_HEAD "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\n0\r\n\r\n"},
        SmugglingCase{"bare_lf_in_trailer", POST_HEAD "Transfer-Encoding: chunked\r\n\r\n0\r\nX: a\n\r\n"},
        SmugglingCase{"control_in_trailer", POST_HEAD "Transfer-Encoding: chunked\r\n\r\n0\r\nX: \x01\r\n\r\n"}),
    name_of);

// CL.TE and TE.CL smuggling: what follows the first request's body must not be taken for a request of its own, and what
// is framed twice must not be taken for anything.
TEST(Smuggling, second_request_inside_a_body_stays_a_body) {
  std::atomic<int> requests{0};
  HttpHandler handler;
  handler.request = [&](Request request, Responder respond) {
    ++requests;
    respond(Response{200, {}, request.body});
  };
  TestServer server(handler);
  TestClient client(server.port);
  const std::string inner = "GET /admin HTTP/1.1\r\nHost: h\r\n\r\n";
  EXPECT_EQ(
      client.ask(fmt::format("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n{}", inner.size(), inner)).body,
      inner);
  TestClient smuggler(server.port);
  smuggler.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" +
                inner);
  EXPECT_EQ(smuggler.read_answer().status, 400);
  EXPECT_TRUE(smuggler.at_end());
  EXPECT_EQ(requests, 1);
}

// A chunked body may be cut anywhere: what follows it is the next request, once.
TEST(Smuggling, chunks_end_where_they_end_however_they_arrive) {
  HttpHandler handler;
  handler.request = [](Request request, Responder respond) {
    respond(Response{200, {}, request.path + " " + request.body});
  };
  TestServer server(handler);
  const std::string all =
      "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;x=\"\\\"\"\r\nabc\r\n0\r\nT: 1\r\n\r\n" +
      std::string(hidden);
  for (std::size_t cut = 1; cut < all.size(); ++cut) {
    TestClient client(server.port);
    client.send(std::string_view(all).substr(0, cut));
    client.send(std::string_view(all).substr(cut));
    EXPECT_EQ(client.read_answer().body, "/a abc") << cut;
    EXPECT_EQ(client.read_answer().body, "/admin ") << cut;
  }
}

}  // namespace
}  // namespace greenroom::net
