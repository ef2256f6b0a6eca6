// For net's own tests: a server on a thread of its own and a raw TCP client, all waits with a deadline.
#pragma once
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <thread>

#include "net/clock.hpp"
#include "net/server.hpp"

namespace greenroom::net {

inline constexpr auto test_patience = std::chrono::seconds(10);

class TestServer {
 public:
  explicit TestServer(HttpHandler handler, ServerOptions options = {}, BlockingPoolOptions pool_options = {2, 64})
      : pool(pool_options), server(std::make_unique<HttpServer>(loop, pool, options, std::move(handler), log)) {
    port = server->listen(base::Address::v4(127, 0, 0, 1, 0)).value();
    thread_ = std::thread([this] { loop.run(); });
  }
  ~TestServer() {
    std::promise<void> gone;
    loop.post([&] {
      server.reset();
      gone.set_value();
    });
    gone.get_future().wait();
    pool.close();
    loop.stop();
    thread_.join();
  }

  base::NullLog log;
  Loop loop;
  BlockingPool pool;
  std::unique_ptr<HttpServer> server;
  std::uint16_t port = 0;

 private:
  std::thread thread_;
};

struct TestAnswer {
  int status = 0;
  std::string head;  // with the empty line
  std::string body;
  std::string field(std::string_view name) const {
    const auto at = head.find("\r\n" + std::string(name) + ": ");
    if (at == head.npos) return {};
    const auto begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
};

// Answers with what it was sent.
inline HttpHandler echo() {
  HttpHandler handler;
  handler.request = [](Request request, Responder respond) { respond(Response{200, {}, request.body}); };
  return handler;
}

class TestClient {
 public:
  explicit TestClient(std::uint16_t port, int receive_buffer = 0) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
  }
  ~TestClient() { hang_up(); }
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  void hang_up() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  void reset() {  // RST instead of FIN
    const linger hard{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    hang_up();
  }
  // False when the server stops reading or closes.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(std::size_t(sent));
    }
    return true;
  }
  // As much as the kernel takes at once.
  std::size_t send_some(std::string_view bytes) {
    const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent < 0 ? 0 : std::size_t(sent);
  }
  bool readable_within(int milliseconds) {
    pollfd ready{fd_, POLLIN, 0};
    return ::poll(&ready, 1, milliseconds) > 0;
  }
  // Reads once; false at the end, on an error or when nothing comes.
  bool read_some() {
    if (!readable_within(int(std::chrono::milliseconds(test_patience).count()))) {
      ADD_FAILURE() << "the server says nothing";
      return false;
    }
    char chunk[65536];
    const auto got = ::recv(fd_, chunk, sizeof chunk, 0);
    if (got > 0) input.append(chunk, std::size_t(got));
    return got > 0;
  }
  std::string read_until(std::string_view mark) {
    std::size_t at;
    while ((at = input.find(mark)) == input.npos) {
      if (!read_some()) return {};
    }
    return take(at + mark.size());
  }
  std::string read_exactly(std::size_t size) {
    while (input.size() < size) {
      if (!read_some()) return {};
    }
    return take(size);
  }
  std::string read_to_end() {
    while (read_some()) {
    }
    return take(input.size());
  }
  bool at_end() { return !read_some() && input.empty(); }

  TestAnswer read_answer(bool without_body = false) {
    TestAnswer answer;
    answer.head = read_until("\r\n\r\n");
    if (answer.head.size() < 12) return answer;
    answer.status = std::stoi(answer.head.substr(9, 3));
    const auto length = answer.field("Content-Length");
    if (!without_body && !length.empty()) answer.body = read_exactly(std::stoul(length));
    return answer;
  }
  TestAnswer ask(std::string_view request, bool without_body = false) {
    EXPECT_TRUE(send(request));
    return read_answer(without_body);
  }
  TestAnswer get(std::string_view path, std::string_view fields = {}) {
    return ask("GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n");
  }

  std::string input;  // received, not yet taken

 private:
  std::string take(std::size_t size) {
    auto out = input.substr(0, size);
    input.erase(0, size);
    return out;
  }
  int fd_;
};

}  // namespace greenroom::net
