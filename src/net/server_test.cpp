#include "net/server.hpp"

#include "net/detail/test_server.hpp"

namespace greenroom::net {
namespace {

HttpHandler describing() {
  HttpHandler handler;
  handler.request = [](Request request, Responder respond) {
    Response response;
    response.headers.set("Content-Type", "text/plain");
    response.body = request.method + " " + request.path + "?" + request.query + " " + request.body;
    respond(std::move(response));
  };
  return handler;
}

TEST(Server, answers_requests_on_one_connection) {
  ServerOptions options;
  options.answer_headers.set("X-Content-Type-Options", "nosniff");
  TestServer server(describing(), options);
  TestClient client(server.port);
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.get("/a%20b?x=1");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "GET /a b?x=1 ");
    EXPECT_EQ(answer.field("X-Content-Type-Options"), "nosniff");
    EXPECT_FALSE(answer.field("X-Request-Id").empty());
    EXPECT_FALSE(answer.field("Date").empty());
  }
}

TEST(Server, answers_pipelined_requests_in_order) {
  TestServer server(describing());
  TestClient client(server.port);
  std::string all;
  for (int i = 0; i < 50; ++i) {
    all += fmt::format("POST /{} HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{:02}", i, i);
  }
  ASSERT_TRUE(client.send(all));
  for (int i = 0; i < 50; ++i) EXPECT_EQ(client.read_answer().body, fmt::format("POST /{}? {:02}", i, i));
}

TEST(Server, reads_chunked_bodies) {
  TestServer server(describing());
  TestClient client(server.port);
  const auto answer = client.ask(
      "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;note=x\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\nTrailer: t\r\n\r\n");
  EXPECT_EQ(answer.body, "POST /c? hello world");
  EXPECT_EQ(client.get("/next").body, "GET /next? ");
}

TEST(Server, head_request_has_the_length_and_no_body) {
  TestServer server(describing());
  TestClient client(server.port);
  const auto answer = client.ask("HEAD /h HTTP/1.1\r\nHost: h\r\n\r\n", true);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.field("Content-Length"), "9");
  EXPECT_EQ(client.get("/x").body, "GET /x? ");
}

TEST(Server, answer_may_come_from_another_thread) {
  HttpHandler handler;
  TestServer* running = nullptr;
  handler.request = [&](Request request, Responder respond) {
    auto shared = std::make_shared<Responder>(std::move(respond));
    EXPECT_TRUE(running->pool.run([shared, path = request.path] { (*shared)(Response{200, {}, path}); }));
  };
  TestServer server(handler);
  running = &server;
  TestClient client(server.port);
  EXPECT_EQ(client.get("/pool").body, "/pool");
}

TEST(Server, dropped_responder_answers_500) {
  HttpHandler handler;
  handler.request = [](Request, Responder) {};
  TestServer server(handler);
  TestClient client(server.port);
  EXPECT_EQ(client.get("/").status, 500);
  EXPECT_EQ(client.get("/").status, 500);
}

TEST(Server, throwing_handler_answers_500) {
  HttpHandler handler;
  handler.request = [](Request, Responder) { throw std::runtime_error("no"); };
  TestServer server(handler);
  TestClient client(server.port);
  EXPECT_EQ(client.get("/").status, 500);
}

TEST(Server, silent_handler_answers_503_in_the_end) {
  HttpHandler handler;
  std::vector<Responder> kept;
  handler.request = [&](Request, Responder respond) { kept.push_back(std::move(respond)); };
  ServerOptions options;
  options.handler_timeout = std::chrono::milliseconds(50);
  TestServer server(handler, options);
  TestClient client(server.port);
  EXPECT_EQ(client.get("/").status, 503);
  EXPECT_EQ(client.get("/").status, 503);  // the first Responder is still held: nobody mixes them up
}

TEST(Server, hanging_up_before_the_answer_is_told_to_who_asked) {
  HttpHandler handler;
  std::vector<Responder> kept;
  std::promise<std::string> gone;
  handler.request = [&](Request request, Responder respond) {
    if (request.path == "/answered") respond.on_gone([] { FAIL(); });
    if (request.path == "/answered") return respond(Response{200, {}, std::string("here")});
    respond.on_gone([&gone, path = request.path] { gone.set_value(path); });
    kept.push_back(std::move(respond));
  };
  TestServer server(handler);
  TestClient waits(server.port), leaves(server.port), pipelines(server.port);
  EXPECT_EQ(waits.get("/answered").body, "here");
  pipelines.send("GET /first HTTP/1.1\r\nHost: h\r\n\r\nGET /second HTTP/1.1\r\nHost: h\r\n\r\n");
  leaves.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  leaves.hang_up();
  auto told = gone.get_future();
  ASSERT_EQ(told.wait_for(test_patience), std::future_status::ready);
  EXPECT_EQ(told.get(), "/slow");
}

TEST(Server, method_override_applies_to_post) {
  TestServer server(describing());
  TestClient client(server.port);
  const std::string fields = " /u HTTP/1.1\r\nHost: h\r\nX-HTTP-Method-Override: PATCH\r\n\r\n";
  EXPECT_EQ(client.ask("POST" + fields).body, "PATCH /u? ");
  EXPECT_EQ(client.ask("GET" + fields).body, "GET /u? ");
}

TEST(Server, http_1_0_closes_unless_asked) {
  TestServer server(describing());
  TestClient client(server.port);
  const auto kept = client.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(kept.field("Connection"), "keep-alive");
  const auto closed = client.ask("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(closed.field("Connection"), "close");
  EXPECT_TRUE(client.at_end());
}

TEST(Server, expect_continue_is_answered_before_the_body_is_sent) {
  TestServer server(describing());
  TestClient client(server.port);
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(client.ask("hi").body, "POST /? hi");
}

TEST(Server, body_over_the_limit_is_refused) {
  ServerOptions options;
  options.body_limit = 100'000;
  TestServer server(describing(), options);
  TestClient counted(server.port);
  EXPECT_EQ(counted.ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100001\r\nExpect: 100-continue\r\n\r\n").status,
            413);
  EXPECT_TRUE(counted.at_end());
  TestClient exact(server.port);
  EXPECT_EQ(
      exact.ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n" + std::string(100'000, 'x')).status,
      200);
  TestClient chunked(server.port);
  const auto answer = chunked.ask("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n186a1\r\n" +
                                  std::string(100'001, 'x'));
  EXPECT_EQ(answer.status, 413);
}

TEST(Server, compresses_text_when_accepted) {
  HttpHandler handler;
  handler.request = [](Request request, Responder respond) {
    Response response;
    response.headers.set("Content-Type", "application/json");
    response.body = std::string(std::size_t(std::stoul(request.query)), 'a');
    response.secret = request.path == "/secret";
    respond(std::move(response));
  };
  TestServer server(handler);
  TestClient client(server.port);
  const auto packed = client.get("/?5000", "Accept-Encoding: br, gzip\r\n");
  EXPECT_EQ(packed.field("Content-Encoding"), "gzip");
  EXPECT_LT(packed.body.size(), 200u);
  EXPECT_EQ(packed.body.substr(0, 2), "\x1f\x8b");
  EXPECT_EQ(client.get("/?500000", "Accept-Encoding: gzip\r\n").field("Content-Encoding"), "gzip");
  EXPECT_EQ(client.get("/?5000", "Accept-Encoding: gzip;q=0\r\n").body.size(), 5000u);
  EXPECT_EQ(client.get("/?5000").field("Vary"), "Accept-Encoding");
  EXPECT_EQ(client.get("/?500", "Accept-Encoding: gzip\r\n").body.size(), 500u);
  EXPECT_EQ(client.get("/secret?5000", "Accept-Encoding: gzip\r\n").body.size(), 5000u);  // BREACH
}

TEST(Server, serves_two_hundred_connections_at_once) {
  TestServer server(describing());
  std::vector<std::unique_ptr<TestClient>> clients;
  for (int i = 0; i < 200; ++i) clients.push_back(std::make_unique<TestClient>(server.port));
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < clients.size(); ++i)
      clients[i]->send(fmt::format("GET /{} HTTP/1.1\r\nHost: h\r\n\r\n", i));
    for (std::size_t i = 0; i < clients.size(); ++i)
      EXPECT_EQ(clients[i]->read_answer().body, fmt::format("GET /{}? ", i));
  }
  EXPECT_EQ(server.server->stats().connections, 200u);
  EXPECT_EQ(server.server->stats().requests, 600u);
}

TEST(Server, turns_connections_away_above_its_limit) {
  ServerOptions options;
  options.connection_limit = 2;
  TestServer server(describing(), options);
  TestClient first(server.port), second(server.port);
  EXPECT_EQ(first.get("/").status, 200);
  EXPECT_EQ(second.get("/").status, 200);
  TestClient third(server.port);
  EXPECT_EQ(third.read_answer().status, 503);
  EXPECT_EQ(first.get("/").status, 200);
}

TEST(Server, close_finishes_what_runs_and_closes_what_idles) {
  HttpHandler handler;
  std::promise<Responder> asked;
  handler.request = [&](Request, Responder respond) { asked.set_value(std::move(respond)); };
  TestServer server(handler);
  TestClient idle(server.port), busy(server.port);
  busy.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  auto responder = asked.get_future().get();
  std::promise<void> closed;
  server.server->close(std::chrono::seconds(5), [&] { closed.set_value(); });
  EXPECT_TRUE(idle.at_end());
  responder(Response{200, {}, std::string("done")});
  const auto answer = busy.read_answer();
  EXPECT_EQ(answer.body, "done");
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_EQ(closed.get_future().wait_for(test_patience), std::future_status::ready);
}

TEST(Server, drain_answers_and_hangs_up_but_listens) {
  TestServer server(describing());
  TestClient kept(server.port);
  EXPECT_EQ(kept.get("/").field("Connection"), "");
  server.server->drain();
  EXPECT_EQ(TestClient(server.port).get("/later").field("Connection"), "close");
  const auto last = kept.get("/last");
  EXPECT_EQ(last.status, 200);
  EXPECT_EQ(last.field("Connection"), "close");
  EXPECT_TRUE(kept.at_end());
}

TEST(Server, close_cuts_at_the_deadline) {
  HttpHandler handler;
  std::promise<Responder> asked;
  handler.request = [&](Request, Responder respond) { asked.set_value(std::move(respond)); };
  TestServer server(handler);
  TestClient busy(server.port);
  busy.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto responder = asked.get_future().get();
  std::promise<void> closed;
  server.server->close(std::chrono::milliseconds(20), [&] { closed.set_value(); });
  EXPECT_EQ(closed.get_future().wait_for(test_patience), std::future_status::ready);
  EXPECT_TRUE(busy.at_end());
}

TEST(Server, listening_twice_on_one_port_fails) {
  TestServer server(describing());
  const auto again = server.server->listen(base::Address::v4(127, 0, 0, 1, server.port));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, cannot_listen);
}

}  // namespace
}  // namespace greenroom::net
