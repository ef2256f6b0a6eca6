// WebSocket with a client of our own that writes and reads raw frames (RFC 6455 §5.2).
#include "net/detail/test_server.hpp"

namespace greenroom::net {
namespace {

struct Frame {
  int opcode = -1;
  bool fin = true;
  std::string payload;
  int close_code() const { return payload.size() < 2 ? 0 : (std::uint8_t(payload[0]) << 8 | std::uint8_t(payload[1])); }
};

constexpr int text = 1, binary = 2, closing = 8, ping = 9, pong = 10;

std::string frame(int opcode, std::string_view payload, bool fin = true, bool masked = true) {
  std::string out;
  out += char((fin ? 0x80 : 0) | opcode);
  const char mask_bit = masked ? char(0x80) : char(0);
  if (payload.size() < 126) {
    out += char(mask_bit | char(payload.size()));
  } else if (payload.size() < 65536) {
    out += char(mask_bit | 126);
    out += {char(payload.size() >> 8), char(payload.size())};
  } else {
    out += char(mask_bit | 127);
    for (int shift = 56; shift >= 0; shift -= 8) out += char(payload.size() >> shift);
  }
  if (!masked) return out += payload;
  const std::string key = "\x12\x34\x56\x78";
  out += key;
  for (std::size_t i = 0; i < payload.size(); ++i) out += char(payload[i] ^ key[i % 4]);
  return out;
}

constexpr std::string_view handshake_fields =
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: "
    "dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

class SocketClient : public TestClient {
 public:
  explicit SocketClient(std::uint16_t port, int receive_buffer = 0, const char* path = "/ws")
      : TestClient(port, receive_buffer) {
    answer = get(path, handshake_fields);
  }
  Frame read_frame() {
    const auto head = read_exactly(2);
    if (head.size() < 2) return {};
    std::size_t size = std::uint8_t(head[1]) & 0x7f;
    if (size >= 126) {
      const auto more = read_exactly(size == 126 ? 2 : 8);
      size = 0;
      for (char c : more) size = size << 8 | std::uint8_t(c);
    }
    return {head[0] & 0x0f, (head[0] & 0x80) != 0, size ? read_exactly(size) : std::string()};
  }
  Frame read_close() {
    Frame got = read_frame();
    while (got.opcode >= 0 && got.opcode != closing) got = read_frame();
    return got;
  }
  TestAnswer answer;
};

// An echo; keeps the sockets and counts what happened.
struct Room {
  std::mutex mutex;
  std::vector<std::shared_ptr<WebSocket>> sockets;
  std::atomic<int> opened{0}, closed{0}, messages{0};

  HttpHandler handler() {
    HttpHandler out;
    out.request = [](Request, Responder respond) { respond(Response{200, {}, std::string("http")}); };
    out.web_socket = [this](const Request& request) -> std::optional<WebSocketHandler> {
      if (request.path != "/ws") return std::nullopt;
      auto mine = std::make_shared<std::shared_ptr<WebSocket>>();
      WebSocketHandler socket;
      socket.opened = [this, mine](std::shared_ptr<WebSocket> opened_socket) {
        *mine = opened_socket;
        std::lock_guard lock(mutex);
        sockets.push_back(std::move(opened_socket));
        ++opened;
      };
      socket.message = [this, mine](std::string message, bool is_binary) {
        ++messages;
        if (message == "throw") throw std::runtime_error("a bug");
        if (message == "close") return (*mine)->close(4000, "as you wish");
        is_binary ? (*mine)->send_binary(std::move(message)) : (*mine)->send_text(std::move(message));
      };
      if (request.query == "large") socket.message_limit = 20'000'000, socket.queue_bytes = 40'000'000;
      socket.closed = [this, mine] {
        mine->reset();
        ++closed;
      };
      return socket;
    };
    return out;
  }
  std::shared_ptr<WebSocket> first() {
    std::lock_guard lock(mutex);
    return sockets.at(0);
  }
};

template <class Done>
bool eventually(Done done) {
  const auto start = now();
  while (!done() && now() - start < test_patience) std::this_thread::yield();
  return done();
}

TEST(WebSockets, handshake_is_the_rfc_example) {
  Room room;
  TestServer server(room.handler());
  SocketClient client(server.port);
  EXPECT_EQ(client.answer.status, 101);
  EXPECT_EQ(client.answer.field("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(WebSockets, echoes_text_and_binary_of_every_size) {
  Room room;
  TestServer server(room.handler());
  SocketClient client(server.port);
  for (std::size_t size : {0u, 1u, 125u, 126u, 4096u, 65535u, 65536u, 999'999u}) {
    const std::string message(size, 'x');
    client.send(frame(text, message));
    const auto back = client.read_frame();
    EXPECT_EQ(back.opcode, text);
    EXPECT_TRUE(back.fin);
    EXPECT_EQ(back.payload, message);
  }
  client.send(frame(binary, std::string("\0\xff\x80", 3)));
  const auto back = client.read_frame();
  EXPECT_EQ(back.opcode, binary);
  EXPECT_EQ(back.payload, std::string("\0\xff\x80", 3));
}

TEST(WebSockets, fragments_are_joined_and_pings_answered) {
  Room room;
  TestServer server(room.handler());
  SocketClient client(server.port);
  client.send(frame(text, "one ", false) + frame(ping, "are you there") + frame(0, "two", true));
  EXPECT_EQ(client.read_frame().opcode, pong);
  EXPECT_EQ(client.read_frame().payload, "one two");
}

TEST(WebSockets, frames_sent_with_the_handshake_are_read) {
  Room room;
  TestServer server(room.handler());
  TestClient client(server.port);
  client.send("GET /ws HTTP/1.1\r\nHost: h\r\n" + std::string(handshake_fields) + "\r\n" + frame(text, "early"));
  EXPECT_EQ(client.read_answer().status, 101);
  EXPECT_EQ(client.read_exactly(7),
            "\x81\x05"
            "early");
}

TEST(WebSockets, closing_from_either_side_is_told_once) {
  Room room;
  TestServer server(room.handler());
  SocketClient polite(server.port), asking(server.port), gone(server.port);
  polite.send(frame(closing, "\x03\xe8"));
  EXPECT_EQ(polite.read_close().close_code(), 1000);
  EXPECT_TRUE(polite.at_end());
  asking.send(frame(text, "close"));
  EXPECT_EQ(asking.read_close().close_code(), 4000);
  asking.send(frame(closing, "\x0f\xa0"));
  EXPECT_TRUE(asking.at_end());
  gone.reset();
  EXPECT_TRUE(eventually([&] { return room.closed == 3; }));
  EXPECT_EQ(room.opened, 3);
  EXPECT_TRUE(eventually([&] { return server.server->stats().connections == 0; }));
  EXPECT_EQ(server.server->stats().web_sockets, 0u);
  room.first()->send_text("into the void");
}

TEST(WebSockets, sends_from_many_threads_arrive_whole_and_in_each_threads_order) {
  Room room;
  TestServer server(room.handler());
  SocketClient client(server.port);
  ASSERT_TRUE(eventually([&] { return room.opened == 1; }));
  const auto socket = room.first();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([socket, t] {
      for (int i = 0; i < 200; ++i) socket->send_text(fmt::format("{} {}", t, i));
    });
  }
  std::array<int, 4> next{};
  for (int i = 0; i < 800; ++i) {
    const auto message = client.read_frame().payload;
    ASSERT_GE(message.size(), 3u);
    EXPECT_EQ(std::stoi(message.substr(2)), next[std::size_t(message[0] - '0')]++);
  }
  for (auto& thread : threads) thread.join();
}

TEST(WebSockets, throwing_handler_costs_its_own_socket) {
  Room room;
  TestServer server(room.handler());
  SocketClient client(server.port), other(server.port);
  client.send(frame(text, "throw"));
  EXPECT_EQ(client.read_close().close_code(), 1011);
  other.send(frame(text, "fine"));
  EXPECT_EQ(other.read_frame().payload, "fine");
}

TEST(WebSockets, too_long_a_message_is_closed_1009) {
  Room room;
  TestServer server(room.handler());
  SocketClient client(server.port);
  client.send(frame(text, std::string(1'000'001, 'x')));
  EXPECT_EQ(client.read_close().close_code(), 1009);
  EXPECT_TRUE(eventually([&] { return room.closed == 1; }));
  EXPECT_EQ(room.messages, 0);
}

TEST(WebSockets, handler_sets_its_own_bounds) {
  Room room;
  TestServer server(room.handler());
  SocketClient client(server.port, 0, "/ws?large");
  const std::string message(16'777'216, 'x');
  std::thread sender([&] { client.send(frame(binary, message)); });
  EXPECT_EQ(client.read_frame().payload, message);
  sender.join();
}

TEST(WebSockets, protocol_errors_close) {
  const std::pair<std::string, int> cases[] = {{frame(text, "\xff\xfe"), 1007},
                                               {frame(text, "unmasked", true, false), 1002},
                                               {frame(3, "reserved opcode"), 1002},
                                               {frame(0, "continues nothing"), 1002},
                                               {frame(ping, std::string(126, 'x')), 1002},
                                               {std::string(14, char(0xff)), 1002}};
  for (const auto& [bytes, code] : cases) {
    Room room;
    TestServer server(room.handler());
    SocketClient client(server.port);
    client.send(bytes);
    EXPECT_EQ(client.read_close().close_code(), code);
    EXPECT_TRUE(eventually([&] { return room.closed == 1; }));
  }
}

// A client that stops reading: what waits for it is bounded, and it is told to come back later.
TEST(WebSockets, slow_reader_is_closed_1013_and_disturbs_nobody) {
  Room room;
  TestServer server(room.handler());
  SocketClient slow(server.port, 4096), other(server.port);
  ASSERT_TRUE(eventually([&] { return room.opened == 2; }));
  const auto socket = room.first();
  const std::string message(100'000, 'x');
  for (int i = 0; i < 1000; ++i) socket->send_text(message);  // 100 MB: far over 8 MiB
  other.send(frame(text, "still here"));
  EXPECT_EQ(other.read_frame().payload, "still here");
  EXPECT_EQ(slow.read_close().close_code(), 1013);
  slow.hang_up();
  EXPECT_TRUE(eventually([&] { return room.closed == 1; }));
}

TEST(WebSockets, too_many_small_messages_are_an_overflow_too) {
  Room room;
  ServerOptions options;
  options.web_socket_queue_messages = 50;
  TestServer server(room.handler(), options);
  SocketClient slow(server.port);
  ASSERT_TRUE(eventually([&] { return room.opened == 1; }));
  std::promise<void> burst;
  server.loop.post([&] {
    for (int i = 0; i < 20'000; ++i) room.first()->send_text(std::string(1000, 'x'));
    burst.set_value();
  });
  burst.get_future().wait();
  EXPECT_EQ(slow.read_close().close_code(), 1013);
}

TEST(WebSockets, reader_that_stops_for_good_is_cut_at_the_deadline) {
  Room room;
  ServerOptions options;
  options.write_timeout = std::chrono::milliseconds(50);
  TestServer server(room.handler(), options);
  SocketClient stuck(server.port, 4096);
  ASSERT_TRUE(eventually([&] { return room.opened == 1; }));
  for (int i = 0; i < 70; ++i) room.first()->send_text(std::string(100'000, 'x'));  // under the queue's bound
  EXPECT_TRUE(eventually([&] { return room.closed == 1; }));
  EXPECT_EQ(server.server->stats().timed_out, 1u);
}

TEST(WebSockets, refusals) {
  Room room;
  TestServer server(room.handler());
  EXPECT_EQ(TestClient(server.port).get("/other", handshake_fields).status, 404);
  const auto old = TestClient(server.port)
                       .get("/ws",
                            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: "
                            "dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 8\r\n");
  EXPECT_EQ(old.status, 426);
  EXPECT_EQ(old.field("Sec-WebSocket-Version"), "13");
  const auto keyless =
      TestClient(server.port).get("/ws", "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n");
  EXPECT_EQ(keyless.status, 400);
  EXPECT_EQ(TestClient(server.port).get("/ws").body, "http");
  EXPECT_EQ(room.opened, 0);
}

TEST(WebSockets, server_close_says_going_away) {
  Room room;
  TestServer server(room.handler());
  SocketClient client(server.port);
  ASSERT_TRUE(eventually([&] { return room.opened == 1; }));
  std::promise<void> closed;
  server.server->close(std::chrono::seconds(5), [&] { closed.set_value(); });
  EXPECT_EQ(client.read_close().close_code(), 1001);
  client.send(frame(closing, "\x03\xe9"));
  EXPECT_EQ(closed.get_future().wait_for(test_patience), std::future_status::ready);
  EXPECT_EQ(room.closed, 1);
}

TEST(WebSockets, server_gone_tells_the_handlers) {
  Room room;
  {
    TestServer server(room.handler());
    SocketClient client(server.port);
    ASSERT_TRUE(eventually([&] { return room.opened == 1; }));
    std::promise<void> gone;
    server.loop.post([&] {
      server.server.reset();
      gone.set_value();
    });
    gone.get_future().wait();
    EXPECT_EQ(room.closed, 1);
    std::lock_guard lock(room.mutex);
    room.sockets.clear();
  }
}

}  // namespace
}  // namespace greenroom::net
