// Clients that are slow, on purpose or not: each costs only itself, and is cut when its time is up. The times are short
// here, but for clients that are not to be cut: theirs outlast a machine that stands still for a while.
#include "net/detail/test_server.hpp"

namespace greenroom::net {
namespace {

ServerOptions impatient() {
  ServerOptions options;
  options.head_timeout = std::chrono::milliseconds(60);
  options.body_timeout = std::chrono::milliseconds(60);
  options.idle_timeout = std::chrono::milliseconds(60);
  options.write_timeout = std::chrono::milliseconds(200);
  options.linger = std::chrono::milliseconds(60);
  return options;
}

TEST(Timeouts, slow_head_is_answered_408_however_it_drips) {
  TestServer server(echo(), impatient());
  TestClient client(server.port);
  client.send("GET / HTTP/1.1\r\nHost: h\r\n");
  EXPECT_EQ(client.read_answer().status, 408);
  EXPECT_TRUE(client.at_end());
  TestClient dripping(server.port);
  while (!dripping.readable_within(5)) dripping.send("X");
  EXPECT_EQ(dripping.read_answer().status, 408);
}

TEST(Timeouts, idle_connection_is_closed_without_a_word) {
  ServerOptions options;
  options.idle_timeout = std::chrono::seconds(1);
  TestServer server(echo(), options);
  TestClient silent(server.port), used(server.port);
  EXPECT_EQ(used.get("/").status, 200);
  EXPECT_TRUE(used.at_end());
  EXPECT_TRUE(silent.at_end());
}

TEST(Timeouts, stalled_body_is_answered_408) {
  TestServer server(echo(), impatient());
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
  ServerOptions options;
  options.write_timeout = std::chrono::milliseconds(200);
  TestServer server(handler, options);
  TestClient stuck(server.port, 4096);
  stuck.send("GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto start = now();
  while (server.server->stats().timed_out == 0 && now() - start < test_patience) {
    EXPECT_EQ(TestClient(server.port).get("/small").body, "x");
  }
  EXPECT_GE(server.server->stats().timed_out, 1u);
}

// Byte by byte a body could go on for ever: only bytes in number move the deadline.
TEST(Timeouts, dripped_body_is_answered_408) {
  ServerOptions options = impatient();
  options.body_progress = 64;
  TestServer server(echo(), options);
  TestClient client(server.port);
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");
  while (!client.readable_within(5)) client.send("x");
  EXPECT_EQ(client.read_answer().status, 408);
}

TEST(Timeouts, steady_body_takes_the_time_it_takes) {
  ServerOptions options;
  options.body_timeout = std::chrono::seconds(1);
  options.body_progress = 64;
  TestServer server(echo(), options);
  TestClient client(server.port);
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000\r\n\r\n");
  for (int sent = 0; sent < 2000; sent += 100) {
    client.send(std::string(100, 'x'));
    EXPECT_FALSE(sent < 1900 && client.readable_within(160));  // 3 s in all, over three deadlines
  }
  EXPECT_EQ(client.read_answer().body.size(), 2000u);
}

TEST(Timeouts, a_crowd_of_slow_clients_is_cut_and_others_do_not_notice) {
  ServerOptions options;
  options.head_timeout = std::chrono::seconds(2);
  TestServer server(echo(), options);
  std::vector<std::unique_ptr<TestClient>> crowd;
  for (int i = 0; i < 100; ++i) {
    crowd.push_back(std::make_unique<TestClient>(server.port));
    crowd.back()->send("GET / HTTP/1.1\r\nHost: h\r\nX: ");
  }
  const auto start = now();
  base::Duration worst{0};
  while (server.server->stats().timed_out < 100 && now() - start < test_patience) {
    const auto asked = now();
    EXPECT_EQ(TestClient(server.port).get("/").status, 200);
    worst = std::max(worst, now() - asked);
    for (auto& one : crowd) one->send_some("y");
  }
  EXPECT_EQ(server.server->stats().timed_out, 100u);
  EXPECT_LT(worst, std::chrono::seconds(1)) << "nobody waits until the crowd is cut";
}

TEST(Limits, connections_of_one_address) {
  ServerOptions options;
  options.connections_per_address = 2;
  options.count_own_machine = true;
  TestServer server(echo(), options);
  TestClient first(server.port);
  EXPECT_EQ(first.get("/").status, 200);
  {
    TestClient second(server.port);
    EXPECT_EQ(second.get("/").status, 200);
    EXPECT_EQ(TestClient(server.port).read_answer().status, 503);
  }
  const auto start = now();  // the place of the second is free again
  while (server.server->stats().connections > 1 && now() - start < test_patience) std::this_thread::yield();
  EXPECT_EQ(TestClient(server.port).get("/").status, 200);
  EXPECT_EQ(server.server->stats().refused, 1u);
}

TEST(Limits, own_machine_is_not_counted_unless_asked) {
  ServerOptions options;
  options.connections_per_address = 1;
  TestServer server(echo(), options);
  TestClient first(server.port), second(server.port);
  EXPECT_EQ(first.get("/").status, 200);
  EXPECT_EQ(second.get("/").status, 200);
}

}  // namespace
}  // namespace greenroom::net
