// Streamed request bodies: back-pressure, early answers, aborts.
#include "base/rng.hpp"
#include "net/detail/large_pieces.hpp"
#include "net/detail/test_server.hpp"

namespace greenroom::net {
namespace {

// What a sink has seen, readable from the test's thread.
struct Seen {
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<std::uint64_t> sum{0};
  std::atomic<int> pieces{0}, finished{0}, aborted{0}, largest{0}, odd{0}, at_once{0}, overlaps{0};
  std::mutex gate;  // a test that holds it holds up write()
  std::promise<void> ended;
  std::function<std::optional<Response>(std::uint64_t bytes)> verdict;
  std::function<std::optional<Response>()> interim;
};

class CountingSink final : public BodySink {
 public:
  explicit CountingSink(Seen& seen) : seen_(seen) {}
  bool speaks_first() const override { return bool(seen_.interim); }
  std::optional<Response> interim() override { return seen_.interim(); }
  std::optional<Response> write(base::ByteView piece) override {
    if (++seen_.at_once > 1) ++seen_.overlaps;
    std::lock_guard lock(seen_.gate);
    ++seen_.pieces;
    seen_.largest = std::max(seen_.largest.load(), int(piece.size()));
    if ((seen_.bytes | std::uintptr_t(piece.data())) % 4096 != 0) ++seen_.odd;
    for (auto byte : piece) seen_.sum += byte;
    seen_.bytes += piece.size();
    --seen_.at_once;
    return seen_.verdict ? seen_.verdict(seen_.bytes) : std::nullopt;
  }
  Response finish() override {
    ++seen_.finished;
    return Response{201, {}, std::to_string(seen_.bytes)};
  }
  void aborted() override {
    ++seen_.aborted;
    seen_.ended.set_value();
  }

 private:
  Seen& seen_;
};

HttpHandler into(Seen& seen) {
  HttpHandler handler;
  handler.stream = [&seen](const Request& request) -> std::unique_ptr<BodySink> {
    EXPECT_TRUE(request.body.empty());
    if (request.path != "/up") return nullptr;
    return std::make_unique<CountingSink>(seen);
  };
  handler.request = [](Request request, Responder respond) { respond(Response{200, {}, "whole:" + request.body}); };
  return handler;
}

std::string head(std::uint64_t length, std::string_view path = "/up") {
  return fmt::format("PATCH {} HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n", path, length);
}

// 64 MiB by one client, as fast as they go.
void push_much(const Seen& seen, TestClient& client) {
  constexpr std::uint64_t size = 64u << 20;
  const std::uint64_t before = seen.sum;
  const std::string block(1u << 20, '\x01');
  client.send(head(size));
  for (std::uint64_t sent = 0; sent < size; sent += block.size()) ASSERT_TRUE(client.send(block));
  EXPECT_EQ(client.read_answer().status, 201);
  EXPECT_EQ(seen.sum - before, size);
}

TEST(Upload, sixty_four_mebibytes_go_through_in_bounded_pieces) {
  Seen seen;
  TestServer server(into(seen));
  TestClient client(server.port);
  push_much(seen, client);
  EXPECT_LE(seen.largest, LargePieces::size);
  EXPECT_GE(seen.bytes / std::uint64_t(seen.pieces), 8u * 1024);
  EXPECT_EQ(seen.odd, 0);  // pages, in the body and in memory
  EXPECT_EQ(seen.overlaps, 0);
  EXPECT_EQ(client.ask(head(3, "/whole") + "abc").body, "whole:abc");  // the connection goes on
}

TEST(Upload, so_many_bodies_at_once_come_in_large_pieces) {
  ServerOptions options;
  options.large_pieces = 0;
  Seen seen;
  {
    TestServer server(into(seen), options);
    TestClient client(server.port);
    push_much(seen, client);
    EXPECT_LE(seen.largest, options.piece_size);
  }
  options.large_pieces = 1;
  TestServer server(into(seen), options);
  for (int i = 0; i < 2; ++i) {  // the right to them comes back with the end of the body
    seen.largest = 0;
    TestClient client(server.port);
    push_much(seen, client);
    EXPECT_GT(seen.largest, options.piece_size);
    EXPECT_LE(seen.largest, LargePieces::size);
  }
}

TEST(Upload, what_is_said_first_arrives_before_the_body_is_sent) {
  Seen seen;
  seen.interim = [] {
    Response response{104, {}, {}};
    response.headers.set("Location", "/up/1\r\nX: y");
    return response;
  };
  TestServer server(into(seen));
  TestClient client(server.port);
  client.send(head(3));
  const auto interim = client.read_answer();
  EXPECT_EQ(interim.status, 104);
  EXPECT_TRUE(interim.head.starts_with("HTTP/1.1 104 Upload Resumption Supported\r\n")) << interim.head;
  EXPECT_EQ(interim.field("Location"), "/up/1  X: y");
  EXPECT_EQ(interim.field("Content-Length"), "");
  EXPECT_EQ(seen.bytes, 0u);
  client.send("abc");
  EXPECT_EQ(client.read_answer().status, 201);
  seen.interim = [] { return std::nullopt; };
  EXPECT_EQ(client.ask(head(3) + "abc").status, 201);
}

TEST(Upload, nothing_is_said_first_to_http_1_0) {
  Seen seen;
  seen.interim = [] { return Response{104, {}, {}}; };
  TestServer server(into(seen));
  TestClient client(server.port);
  client.send("PATCH /up HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_EQ(client.read_answer().status, 201);
}

// While write() is held up, the server reads no further: what a client can push is what kernels buffer, plus one piece.
TEST(Upload, a_slow_sink_holds_the_client_back) {
  Seen seen;
  TestServer server(into(seen));
  TestClient client(server.port);
  constexpr std::uint64_t size = 64u << 20;
  client.send(head(size));
  const std::string block(1u << 20, 'x');
  std::uint64_t pushed = 0;
  {
    std::lock_guard held(seen.gate);
    const auto until = now() + std::chrono::milliseconds(300);
    while (now() < until) pushed += client.send_some(block);
    const ServerOptions usual;
    EXPECT_LE(server.server->stats().bytes_in, usual.head_limit + usual.piece_size);  // the head and one piece
    EXPECT_LT(pushed, size / 2);
    EXPECT_EQ(TestClient(server.port).ask(head(1, "/other") + "a").status, 200);  // others go on
  }
  while (pushed < size) {
    const auto n = std::min<std::uint64_t>(block.size(), size - pushed);
    ASSERT_TRUE(client.send(std::string_view(block).substr(0, n)));
    pushed += n;
  }
  EXPECT_EQ(client.read_answer().body, std::to_string(size));
}

TEST(Upload, chunked_body_is_streamed_too) {
  Seen seen;
  TestServer server(into(seen));
  TestClient client(server.port);
  std::string body = "PATCH /up HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 1000; ++i) body += "64\r\n" + std::string(100, 'a') + "\r\n";
  EXPECT_EQ(client.ask(body + "0\r\n\r\n").body, "100000");
  EXPECT_LE(seen.pieces, 13);  // small chunks are gathered
  EXPECT_EQ(seen.odd, 0);
}

// Chunks so long that they are read straight to where they go, and what stands between them not.
TEST(Upload, chunks_of_every_length_are_one_body) {
  Seen seen;
  TestServer server(into(seen));
  TestClient client(server.port);
  base::SeededRng rng(9112);
  std::uint64_t bytes = 0, sum = 0;
  client.send("PATCH /up HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 60; ++i) {
    base::Bytes chunk(1 + rng.below(i % 3 == 0 ? 400'000 : 5'000));
    rng.fill(chunk);
    for (const auto byte : chunk) sum += byte;
    bytes += chunk.size();
    ASSERT_TRUE(client.send(fmt::format("{:x}\r\n{}\r\n", chunk.size(), base::as_text(chunk))));
  }
  EXPECT_EQ(client.ask("0\r\n\r\n").body, std::to_string(bytes));
  EXPECT_EQ(seen.sum, sum);
  EXPECT_EQ(seen.odd, 0);
  EXPECT_EQ(client.ask(head(3, "/whole") + "abc").body, "whole:abc");
}

TEST(Upload, what_the_pool_finishes_after_the_loop_has_stopped_is_let_go) {
  Seen seen;
  auto token = std::make_shared<int>();
  const std::weak_ptr<int> handler_lives = token;
  {
    base::NullLog log;
    Loop loop;
    BlockingPool pool({1, 4});
    auto handler = into(seen);
    handler.stream = [token = std::move(token), make = handler.stream](const Request& request) {
      return make(request);
    };
    HttpServer server(loop, pool, {}, std::move(handler), log);
    const auto port = server.listen(base::Address::v4(127, 0, 0, 1, 0)).value();
    std::thread thread([&] { loop.run(); });
    TestClient client(port);
    {
      std::lock_guard held(seen.gate);
      ASSERT_TRUE(client.send(head(1 << 20) + std::string(100'000, 'x')));
      while (seen.at_once == 0) std::this_thread::yield();
      loop.stop();
      thread.join();
    }
    pool.close();
  }
  EXPECT_TRUE(handler_lives.expired());
}

TEST(Upload, a_refused_last_piece_leaves_the_connection) {
  Seen seen;
  seen.verdict = [](std::uint64_t) { return Response{409, {}, std::string("enough")}; };
  TestServer server(into(seen));
  TestClient client(server.port);
  const auto answer = client.ask(head(3) + "abc");
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.field("Connection"), "");
  EXPECT_EQ(seen.finished + seen.aborted, 0);
  EXPECT_EQ(client.ask(head(3, "/whole") + "abc").body, "whole:abc");
}

TEST(Upload, early_answer_ends_it) {
  Seen seen;
  seen.verdict = [](std::uint64_t bytes) -> std::optional<Response> {
    if (bytes < 100'000) return std::nullopt;
    return Response{409, {}, std::string("enough")};
  };
  TestServer server(into(seen));
  TestClient client(server.port);
  client.send(head(8u << 20));
  const std::string block(1u << 20, 'x');
  for (int i = 0; i < 8; ++i) client.send(block);
  const auto answer = client.read_answer();
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_EQ(seen.finished + seen.aborted, 0);
}

TEST(Upload, vanished_client_aborts_once_and_what_came_is_written) {
  Seen seen;
  TestServer server(into(seen));
  auto ended = seen.ended.get_future();
  {
    TestClient client(server.port);
    client.send(head(1'000'000) + std::string(12'345, 'x'));
  }
  ASSERT_EQ(ended.wait_for(test_patience), std::future_status::ready);
  EXPECT_EQ(seen.bytes, 12'345u);
  EXPECT_EQ(seen.aborted, 1);
  EXPECT_EQ(seen.finished, 0);
}

TEST(Upload, stalled_client_aborts_with_408) {
  Seen seen;
  ServerOptions options;
  options.body_timeout = std::chrono::milliseconds(50);
  TestServer server(into(seen), options);
  TestClient client(server.port);
  client.send(head(100) + "half");
  EXPECT_EQ(client.read_answer().status, 408);
  EXPECT_EQ(seen.bytes, 4u);
  EXPECT_EQ(seen.aborted, 1);
}

TEST(Upload, malformed_chunk_aborts_with_400) {
  Seen seen;
  TestServer server(into(seen));
  TestClient client(server.port);
  EXPECT_EQ(client.ask("PATCH /up HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX").status, 400);
  EXPECT_EQ(seen.aborted, 1);
  EXPECT_EQ(seen.bytes, 5u);
}

TEST(Upload, throwing_sink_answers_and_aborts) {
  Seen seen;
  seen.verdict = [](std::uint64_t) -> std::optional<Response> { throw std::runtime_error("disk"); };
  TestServer server(into(seen));
  TestClient client(server.port);
  EXPECT_EQ(client.ask(head(5) + "hello").status, 503);
  EXPECT_EQ(seen.aborted, 1);
}

TEST(Upload, throwing_stream_handler_answers_500) {
  HttpHandler handler;
  handler.stream = [](const Request&) -> std::unique_ptr<BodySink> { throw std::runtime_error("a bug"); };
  TestServer server(handler);
  EXPECT_EQ(TestClient(server.port).ask(head(5) + "hello").status, 500);
}

TEST(Upload, empty_body_goes_to_the_request_handler) {
  Seen seen;
  TestServer server(into(seen));
  TestClient client(server.port);
  EXPECT_EQ(client.ask(head(0)).body, "whole:");
}

TEST(Upload, full_pool_delays_and_does_not_fail) {
  Seen seen;
  TestServer server(into(seen), {}, {1, 1});
  TestClient client(server.port);
  std::promise<void> release;
  auto released = release.get_future().share();
  ASSERT_TRUE(server.pool.run([released] { released.wait(); }));
  while (server.pool.waiting() > 0) std::this_thread::yield();
  ASSERT_TRUE(server.pool.run([] {}));
  client.send(head(5) + "hello");
  while (server.server->stats().requests == 0) std::this_thread::yield();
  release.set_value();
  EXPECT_EQ(client.read_answer().body, "5");
}

TEST(Upload, server_gone_mid_body_aborts) {
  Seen seen;
  auto ended = seen.ended.get_future();
  {
    TestServer server(into(seen));
    TestClient client(server.port);
    client.send(head(1000) + "half");
    while (server.server->stats().requests == 0) std::this_thread::yield();
    std::promise<void> closed;
    server.server->close(base::Duration(0), [&] { closed.set_value(); });
    EXPECT_EQ(closed.get_future().wait_for(test_patience), std::future_status::ready);
  }
  ASSERT_EQ(ended.wait_for(test_patience), std::future_status::ready);
  EXPECT_EQ(seen.aborted, 1);
}

}  // namespace
}  // namespace greenroom::net
