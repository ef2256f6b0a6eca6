// Requests a second over loopback with keep-alive: one client, then 64 pipelined requests at a time, which shows the
// server's own share. And a streamed upload.
#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <thread>

#include "net/server.hpp"

namespace greenroom::net {
namespace {

class NullSink final : public BodySink {
 public:
  std::optional<Response> write(base::ByteView) override { return std::nullopt; }
  Response finish() override { return {204, {}, {}}; }
  void aborted() override {}
};

struct Running {
  Running() : server(loop, pool, {}, handler(), log) {
    port = server.listen(base::Address::v4(127, 0, 0, 1, 0)).value();
    thread = std::thread([this] { loop.run(); });
  }
  ~Running() {
    loop.stop();
    thread.join();
    pool.close();
  }
  static HttpHandler handler() {
    HttpHandler out;
    out.request = [](Request, Responder respond) {
      Response response;
      response.headers.set("Content-Type", "application/json");
      response.body = R"({"status":"ok"})";
      respond(std::move(response));
    };
    out.stream = [](const Request&) { return std::make_unique<NullSink>(); };
    return out;
  }
  base::NullLog log;
  Loop loop;
  BlockingPool pool;
  HttpServer server;
  std::uint16_t port = 0;
  std::thread thread;
};

class Connection {
 public:
  explicit Connection(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) throw std::runtime_error("connect");
  }
  ~Connection() { ::close(fd_); }
  void send(std::string_view bytes) {
    while (!bytes.empty()) bytes.remove_prefix(std::size_t(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL)));
  }
  void read(std::size_t size) {
    static char chunk[1 << 16];
    while (size > 0) size -= std::size_t(::recv(fd_, chunk, std::min(size, sizeof chunk), 0));
  }
  std::size_t read_one() {
    char chunk[4096];
    return std::size_t(::recv(fd_, chunk, sizeof chunk, 0));
  }

 private:
  int fd_;
};

constexpr std::string_view request = "GET /health HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n";

void http_keep_alive(benchmark::State& state) {
  Running running;
  Connection connection(running.port);
  for (auto _ : state) {
    connection.send(request);
    benchmark::DoNotOptimize(connection.read_one());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(http_keep_alive)->UseRealTime();

// Answers differ in length only by the request id's digits, so they are counted by bytes after a first round.
void http_pipelined(benchmark::State& state) {
  Running running;
  Connection connection(running.port);
  constexpr int depth = 64;
  std::string batch;
  for (int i = 0; i < depth; ++i) batch += request;
  const auto served = [&] { return running.server.stats().bytes_out; };
  std::uint64_t taken = 0;
  for (auto _ : state) {
    const auto before = running.server.stats().requests;
    connection.send(batch);
    while (running.server.stats().requests < before + depth || taken < served()) taken += connection.read_one();
  }
  state.SetItemsProcessed(state.iterations() * depth);
}
BENCHMARK(http_pipelined)->UseRealTime();

void http_streamed_upload(benchmark::State& state) {
  Running running;
  Connection connection(running.port);
  const std::string block(1 << 20, 'x');
  for (auto _ : state) {
    connection.send("PATCH /up HTTP/1.1\r\nHost: h\r\nContent-Length: 16777216\r\n\r\n");
    for (int i = 0; i < 16; ++i) connection.send(block);
    benchmark::DoNotOptimize(connection.read_one());
  }
  state.SetBytesProcessed(state.iterations() << 24);
}
BENCHMARK(http_streamed_upload)->UseRealTime();

}  // namespace
}  // namespace greenroom::net
