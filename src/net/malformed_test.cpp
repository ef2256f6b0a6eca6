// What strangers send: each is answered clearly or cut, and the next client is served.
#include "net/detail/test_server.hpp"

namespace greenroom::net {
namespace {

TEST(Limits, head_over_the_limit) {
  TestServer server(echo());
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
  TestServer server(echo());
  TestClient client(server.port);
  ASSERT_TRUE(client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 8000000\r\n\r\n"));
  const std::string block(65536, 'x');
  for (int i = 0; i < 60; ++i) client.send(block);
  EXPECT_EQ(client.read_answer().status, 413);
}

TEST(Aborts, clients_that_vanish_anywhere_leave_nothing_behind) {
  TestServer server(echo());
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
