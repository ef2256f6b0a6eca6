// One Engine.IO v4 session (github.com/socketio/engine.io-protocol) without I/O: HTTP polls and posts, WebSocket frames
// and the time go in; answers, frames and messages are polled out. Owned by EngineServer, on the control thread.
// Invariants: at most one poll is outstanding; what waits for a poll is bounded; after Closed nothing more comes out.
// Inputs process whatever deadlines `now` has passed first.
#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "wire/engineio.hpp"

namespace greenroom::api::realtime {

struct EngineOptions {
  base::Duration ping_interval = std::chrono::milliseconds(25'000);
  base::Duration ping_timeout = std::chrono::milliseconds(20'000);
  base::Duration upgrade_timeout = std::chrono::seconds(10);
  base::Duration close_timeout = std::chrono::seconds(30);  // for the poll that carries the last packets
  // Between a WebSocket's handshake and its open packet. Zero, except for test suites that lose what arrives with the
  // handshake in one piece.
  base::Duration greeting_delay = base::Duration::zero();
  std::size_t max_payload = 1'000'000;         // bytes of one post or frame from the client
  std::size_t outbound_bytes_max = 4'000'000;  // waiting for one client's poll
  std::size_t sessions_max = 20'000;
  std::vector<std::string> allowed_origins = {};  // besides our own: "https://a.example", or "*"
};

enum class EngineTransport : std::uint8_t { polling, web_socket };
// A session that upgrades has two WebSockets' worth of names for one socket: probe until it is promoted, then current.
enum class EngineSocket : std::uint8_t { current, probe };
enum class CloseReason : std::uint8_t {
  transport_close,
  transport_error,
  ping_timeout,
  parse_error,
  overflow,
  server_close
};
std::string_view to_string(CloseReason reason);

struct AnswerPoll {
  std::string body;
};
struct RefusePoll {};  // it came after the upgrade, or overtook it
struct SendFrame {
  EngineSocket socket = EngineSocket::current;
  std::string data;
  bool binary = false;
};
struct CloseSocket {
  EngineSocket socket = EngineSocket::current;
};
struct Promote {};  // the probe is the current socket from here on
struct EngineMessage {
  std::string data;
  bool binary = false;
};
struct Closed {
  CloseReason reason;
};
using EngineOutput = std::variant<AnswerPoll, RefusePoll, SendFrame, CloseSocket, Promote, EngineMessage, Closed>;

class EngineSession {
 public:
  EngineSession(const EngineOptions& options, std::string_view sid, EngineTransport transport, base::Instant now);

  [[nodiscard]] bool poll(base::Instant now);                         // false: refused, the session closes
  void poll_gone(base::Instant now);                                  // whoever waited for it has hung up
  [[nodiscard]] bool post(std::string_view body, base::Instant now);  // likewise
  [[nodiscard]] bool begin_upgrade(base::Instant now);                // a WebSocket with our sid asks to come in
  void frame(EngineSocket from, std::string data, bool binary, base::Instant now);
  void socket_closed(EngineSocket which, base::Instant now);
  void send(wire::engineio::Packet packet);
  void close(base::Instant now);  // after what waits has been sent
  void advance(base::Instant now);
  base::Instant deadline() const;

  std::optional<EngineOutput> next();
  EngineTransport transport() const { return transport_; }
  bool closed() const { return closed_; }

 private:
  enum class Probe : std::uint8_t { none, expected, answered };

  void receive(wire::engineio::Packet packet, base::Instant now);
  void probe_frame(std::string_view data, bool binary);
  void promote();
  void drop_probe();
  void flush();
  void answer_poll(std::string_view otherwise);
  void finish(CloseReason reason, std::string_view last_packet);
  void finish_closing();
  void client_closes(base::Instant now);
  void heartbeat(base::Instant now);
  void write_frame(wire::engineio::Packet packet);

  const EngineOptions& options_;
  EngineTransport transport_;
  Probe probe_ = Probe::none;
  bool poll_waiting_ = false;
  bool closing_ = false;        // a poll will carry the last packets
  bool client_closed_ = false;  // by its own wish
  bool closed_ = false;
  bool awaiting_pong_ = false;
  base::Instant heartbeat_at_;  // the next ping, or the end of the wait for its pong
  base::Instant probe_until_{};
  std::optional<base::Instant> poll_held_until_;  // a poll that came while the probe was answered
  base::Instant closing_until_{};
  std::vector<wire::engineio::Packet> waiting_;  // for a poll
  std::size_t waiting_bytes_ = 0;
  std::deque<EngineOutput> outputs_;
};

}  // namespace greenroom::api::realtime
