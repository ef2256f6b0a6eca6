// What strangers send: each is answered clearly or cut, and the next client is served.
#include "net/detail/test_server.hpp"

namespace greenroom::net {
namespace {

HttpHandler ok() {
  HttpHandler handler;
  handler.request = [](Request request, Responder respond) { respond(Response{200, {}, request.body}); };
  return handler;
}

ServerOptions impatient() {
  ServerOptions options;
  options.head_timeout = std::chrono::milliseconds(60);
  options.body_timeout = std::chrono::milliseconds(60);
  options.idle_timeout = std::chrono::milliseconds(60);
  options.write_timeout = std::chrono::milliseconds(200);
  options.linger = std::chrono::milliseconds(60);
  return options;
}

struct Case {
  std::string_view bytes;
  int status;
};

class Malformed : public testing::TestWithParam<Case> {};

TEST_P(Malformed, is_refused_and_the_connection_closed) {
  TestServer server(ok());
  TestClient client(server.port);
  const auto answer = client.ask(GetParam().bytes);
  EXPECT_EQ(answer.status, GetParam().status);
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_EQ(answer.field("Content-Type"), "application/problem+json");
  EXPECT_TRUE(client.at_end());
  EXPECT_EQ(server.server->stats().malformed, 1u);
  EXPECT_EQ(TestClient(server.port).get("/").status, 200);
}

INSTANTIATE_TEST_SUITE_P(
    Requests, Malformed,
    testing::Values(
        Case{"GET / HTTP/1.1\nHost: h\n\n", 400}, Case{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 400},
        Case{"\x80\x90garbage without end\x01", 400}, Case{"GET / HTTP/1.1\r\n\r\n", 400},
        Case{"GET /../etc/passwd HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        Case{"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        Case{"GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n", 400}, Case{"GET * HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        Case{"CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        Case{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        Case{"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
        Case{"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
        Case{"GET / HTTP/3.0\r\nHost: h\r\n\r\n", 505},
        Case{"GET / HTTP/1.1\r\nHost: h\r\nExpect: miracles\r\n\r\n", 417}));

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

TEST(Limits, head_over_the_limit) {
  TestServer server(ok());
  TestClient client(server.port);
  EXPECT_EQ(client.ask("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n").status, 431);
  EXPECT_TRUE(client.at_end());
  TestClient endless(server.port);
  endless.send("GET /");
  const std::string block(4096, 'a');
  for (int i = 0; i < 5; ++i) endless.send(block);
  EXPECT_EQ(endless.read_answer().status, 431);
}

TEST(Limits, refused_client_that_goes_on_sending_still_reads_why) {
  TestServer server(ok());
  TestClient client(server.port);
  ASSERT_TRUE(client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 8000000\r\n\r\n"));
  const std::string block(65536, 'x');
  for (int i = 0; i < 60; ++i) client.send(block);
  EXPECT_EQ(client.read_answer().status, 413);
}

TEST(Timeouts, slow_head_is_answered_408_however_it_drips) {
  TestServer server(ok(), impatient());
  TestClient client(server.port);
  client.send("GET / HTTP/1.1\r\nHost: h\r\n");
  EXPECT_EQ(client.read_answer().status, 408);
  EXPECT_TRUE(client.at_end());
  TestClient dripping(server.port);
  while (!dripping.readable_within(5)) dripping.send("X");
  EXPECT_EQ(dripping.read_answer().status, 408);
}

TEST(Timeouts, idle_connection_is_closed_without_a_word) {
  TestServer server(ok(), impatient());
  TestClient silent(server.port), used(server.port);
  EXPECT_EQ(used.get("/").status, 200);
  EXPECT_TRUE(used.at_end());
  EXPECT_TRUE(silent.at_end());
}

TEST(Timeouts, stalled_body_is_answered_408) {
  TestServer server(ok(), impatient());
  TestClient client(server.port);
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf");
  EXPECT_EQ(client.read_answer().status, 408);
  EXPECT_TRUE(client.at_end());
}

TEST(Timeouts, client_that_does_not_read_is_cut_and_disturbs_nobody) {
  HttpHandler handler;
  handler.request = [](Request request, Responder respond) {
    respond(Response{200, {}, std::string(request.path == "/big" ? 64u << 20 : 1u, 'x')});
  };
  TestServer server(handler, impatient());
  TestClient stuck(server.port, 4096);
  stuck.send("GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto start = now();
  while (server.server->stats().timed_out == 0 && now() - start < test_patience) {
    EXPECT_EQ(TestClient(server.port).get("/small").body, "x");
  }
  EXPECT_GE(server.server->stats().timed_out, 1u);
}

TEST(Aborts, clients_that_vanish_anywhere_leave_nothing_behind) {
  TestServer server(ok());
  const std::string request = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello";
  for (std::size_t cut = 0; cut <= request.size(); ++cut) {
    TestClient client(server.port);
    client.send(std::string_view(request).substr(0, cut));
    cut % 2 ? client.reset() : client.hang_up();
  }
  const auto start = now();
  while (server.server->stats().connections > 0 && now() - start < test_patience) std::this_thread::yield();
  EXPECT_EQ(server.server->stats().connections, 0u);
  EXPECT_EQ(TestClient(server.port).get("/").status, 200);
}

}  // namespace
}  // namespace greenroom::net
