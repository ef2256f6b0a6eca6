#include "api/realtime/engine_session.hpp"

#include <algorithm>
#include <utility>

namespace greenroom::api::realtime {

using wire::engineio::Packet;
using wire::engineio::PacketType;

namespace {

// An upgrading client waits for its poll to return before it says 5. One that does not wait, but says 5 and polls, may
// find its poll, on another connection, overtaking the 5: so the poll waits a moment to see which it is.
constexpr auto overtaking = std::chrono::milliseconds(10);
constexpr std::string_view close_packet = "1";
constexpr std::string_view noop_packet = "6";

std::int64_t whole_millis(base::Duration d) { return std::chrono::duration_cast<std::chrono::milliseconds>(d).count(); }

}  // namespace

// The words that the JavaScript server uses for the same.
std::string_view to_string(CloseReason reason) {
  switch (reason) {
    case CloseReason::transport_close:
      return "transport close";
    case CloseReason::transport_error:
      return "transport error";
    case CloseReason::ping_timeout:
      return "ping timeout";
    case CloseReason::parse_error:
      return "parse error";
    case CloseReason::overflow:
      return "overflow";
    case CloseReason::server_close:
      return "forced close";
  }
  return "";
}

EngineSession::EngineSession(const EngineOptions& options, std::string_view sid, EngineTransport transport,
                             base::Instant now)
    : options_(options), transport_(transport), heartbeat_at_(now + options.ping_interval) {
  send(wire::engineio::open_packet({std::string(sid), transport == EngineTransport::polling,
                                    whole_millis(options.ping_interval), whole_millis(options.ping_timeout),
                                    options.max_payload}));
}

// A second poll beside an outstanding one ends the session: nobody could say which of them gets what.
bool EngineSession::poll(base::Instant now) {
  advance(now);
  if (closed_ || transport_ != EngineTransport::polling) return false;
  if (poll_waiting_) {
    finish(CloseReason::transport_error, close_packet);
    return false;
  }
  poll_waiting_ = true;
  if (closing_) {
    finish_closing();
  } else if (!waiting_.empty()) {
    answer_poll({});
  } else if (probe_ == Probe::answered) {
    poll_held_until_ = now + overtaking;
  }
  return true;
}

void EngineSession::poll_gone(base::Instant now) {
  advance(now);
  if (closed_ || !std::exchange(poll_waiting_, false)) return;
  poll_held_until_.reset();
  finish(CloseReason::transport_error, close_packet);
}

bool EngineSession::post(std::string_view body, base::Instant now) {
  advance(now);
  if (closed_ || transport_ != EngineTransport::polling) return false;
  auto packets = wire::engineio::parse_payload(body);
  if (!packets) {
    finish(CloseReason::parse_error, close_packet);
    return false;
  }
  for (auto& packet : *packets) receive(std::move(packet), now);
  return true;
}

bool EngineSession::begin_upgrade(base::Instant now) {
  advance(now);
  if (closed_ || closing_ || transport_ != EngineTransport::polling || probe_ != Probe::none) return false;
  probe_ = Probe::expected;
  probe_until_ = now + options_.upgrade_timeout;
  return true;
}

void EngineSession::frame(EngineSocket from, std::string data, bool binary, base::Instant now) {
  advance(now);
  if (closed_) return;
  if (from == EngineSocket::probe) return probe_frame(data, binary);
  if (binary) return receive({PacketType::message, std::move(data), true}, now);
  auto packet = wire::engineio::parse_text(data);
  if (!packet) return finish(CloseReason::parse_error, close_packet);
  receive(*std::move(packet), now);
}

void EngineSession::probe_frame(std::string_view data, bool binary) {
  if (!binary && probe_ == Probe::expected && data == "2probe") {
    probe_ = Probe::answered;
    outputs_.push_back(SendFrame{EngineSocket::probe, "3probe", false});
    answer_poll(noop_packet);
  } else if (!binary && probe_ == Probe::answered && data == "5") {
    promote();
  } else {
    drop_probe();
  }
}

void EngineSession::promote() {
  if (poll_waiting_) outputs_.push_back(RefusePoll{});
  poll_waiting_ = false;
  poll_held_until_.reset();
  probe_ = Probe::none;
  transport_ = EngineTransport::web_socket;
  outputs_.push_back(Promote{});
  flush();
}

void EngineSession::drop_probe() {
  if (probe_ == Probe::none) return;
  probe_ = Probe::none;
  outputs_.push_back(CloseSocket{EngineSocket::probe});
}

void EngineSession::socket_closed(EngineSocket which, base::Instant now) {
  advance(now);
  if (closed_) return;
  if (which == EngineSocket::probe) {
    probe_ = Probe::none;  // the client stays on polling
  } else {
    finish(CloseReason::transport_close, close_packet);
  }
}

void EngineSession::receive(Packet packet, base::Instant now) {
  if (closed_) return;
  switch (packet.type) {
    case PacketType::message:
      if (!closing_) outputs_.push_back(EngineMessage{std::move(packet.data), packet.binary});
      return;
    case PacketType::pong:
      awaiting_pong_ = false;
      heartbeat_at_ = now + options_.ping_interval;
      return;
    case PacketType::close:
      return client_closes(now);
    case PacketType::ping:
      return finish(CloseReason::transport_error, close_packet);  // pings are the server's
    case PacketType::open:
    case PacketType::upgrade:
    case PacketType::noop:
      return;
  }
}

void EngineSession::send(Packet packet) {
  if (closed_ || closing_) return;
  if (transport_ == EngineTransport::web_socket) return write_frame(std::move(packet));
  waiting_bytes_ += packet.data.size() + 1;
  waiting_.push_back(std::move(packet));
  if (poll_waiting_) return flush();
  if (waiting_bytes_ > options_.outbound_bytes_max) finish(CloseReason::overflow, close_packet);
}

void EngineSession::write_frame(Packet packet) {
  if (packet.binary) {
    outputs_.push_back(SendFrame{EngineSocket::current, std::move(packet.data), true});
  } else {
    outputs_.push_back(SendFrame{EngineSocket::current, wire::engineio::encode_text(packet), false});
  }
}

void EngineSession::flush() {
  if (transport_ == EngineTransport::polling) {
    if (poll_waiting_ && !waiting_.empty()) answer_poll({});
    return;
  }
  for (auto& packet : waiting_) write_frame(std::move(packet));
  waiting_.clear();
  waiting_bytes_ = 0;
}

// Gives the outstanding poll, if any, what waits, or else the packet given.
void EngineSession::answer_poll(std::string_view otherwise) {
  if (!poll_waiting_) return;
  poll_waiting_ = false;
  poll_held_until_.reset();
  outputs_.push_back(AnswerPoll{waiting_.empty() ? std::string(otherwise) : wire::engineio::encode_payload(waiting_)});
  waiting_.clear();
  waiting_bytes_ = 0;
}

void EngineSession::close(base::Instant now) {
  if (closed_ || closing_) return;
  if (transport_ == EngineTransport::web_socket || poll_waiting_)
    return finish(CloseReason::server_close, close_packet);
  drop_probe();
  closing_ = true;
  closing_until_ = now + options_.close_timeout;
}

// The poll of a client that says goodbye may still be on its way: it is answered properly, too.
void EngineSession::client_closes(base::Instant now) {
  if (transport_ == EngineTransport::web_socket || poll_waiting_)
    return finish(CloseReason::transport_close, noop_packet);
  drop_probe();
  closing_ = client_closed_ = true;
  closing_until_ = now + overtaking;
}

void EngineSession::finish_closing() {
  client_closed_ ? finish(CloseReason::transport_close, noop_packet) : finish(CloseReason::server_close, close_packet);
}

// The end: an outstanding poll gets what waits and the last packet; sockets close; nothing more comes out.
void EngineSession::finish(CloseReason reason, std::string_view last_packet) {
  if (closed_) return;
  drop_probe();
  if (poll_waiting_) {
    waiting_.push_back(wire::engineio::parse_text(last_packet).value());
    answer_poll({});
  }
  if (transport_ == EngineTransport::web_socket) outputs_.push_back(CloseSocket{EngineSocket::current});
  waiting_.clear();
  closed_ = true;
  outputs_.push_back(Closed{reason});
}

void EngineSession::heartbeat(base::Instant now) {
  if (awaiting_pong_) return finish(CloseReason::ping_timeout, close_packet);
  send({PacketType::ping, "", false});
  awaiting_pong_ = true;
  // Counted from when the ping was due, but a server that was itself held up gives its clients half of it at least.
  heartbeat_at_ = std::max(heartbeat_at_ + options_.ping_timeout, now + options_.ping_timeout / 2);
}

void EngineSession::advance(base::Instant now) {
  if (closed_) return;
  if (probe_ != Probe::none && now >= probe_until_) drop_probe();
  if (poll_held_until_ && now >= *poll_held_until_) answer_poll(noop_packet);
  if (closing_) {
    if (now >= closing_until_) finish_closing();
    return;
  }
  while (!closed_ && now >= heartbeat_at_) heartbeat(now);
}

base::Instant EngineSession::deadline() const {
  auto at = closing_ ? closing_until_ : heartbeat_at_;
  if (probe_ != Probe::none) at = std::min(at, probe_until_);
  if (poll_held_until_) at = std::min(at, *poll_held_until_);
  return closed_ ? base::Instant::max() : at;
}

std::optional<EngineOutput> EngineSession::next() {
  if (outputs_.empty()) return std::nullopt;
  auto output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

}  // namespace greenroom::api::realtime
