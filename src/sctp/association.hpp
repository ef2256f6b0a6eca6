// One SCTP association inside DTLS (RFC 9260 over RFC 8261), for data channels: one path, reliable or partially
// reliable (RFC 3758), ordered or not, streams closed by reset (RFC 6525). Sans-I/O, owned by a transport, one thread.
// After every call, and when next_deadline() has come (advance), poll_packet() says what to send and next_message()
// what arrived. Messages given before the peers know one another wait. It ends by shutdown, by an abort of either side,
// or when the peer no longer answers; failure() then says why. Invariant: everything held is bounded by Config.
#pragma once
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "base/rng.hpp"
#include "sctp/inbound.hpp"
#include "sctp/outbound.hpp"
#include "sctp/state_cookie.hpp"
#include "sctp/stream_reset.hpp"

namespace greenroom::sctp {

enum class State : std::uint8_t {  // RFC 9260 §4
  closed,
  cookie_wait,
  cookie_echoed,
  established,
  shutdown_pending,
  shutdown_sent,
  shutdown_received,
  shutdown_ack_sent,
};

inline constexpr int max_init_attempts = 8;
inline constexpr int max_errors = 10;  // unanswered in a row (§8.1): with this Rto about a minute
inline constexpr base::Duration heartbeat_interval = std::chrono::seconds(30);

class Association {
 public:
  Association(const Config& config, base::Rng& rng);

  // Says INIT. Both sides may (§5.2.1), or one; a side that does not answers.
  void connect(base::Instant now);
  void shutdown(base::Instant now);  // after what waits has arrived
  void abort();                      // at once, and says so

  void deliver(base::ByteView packet, base::Instant now);
  void advance(base::Instant now);
  base::Instant next_deadline() const;
  // Writes the next packet, at most Config::max_packet bytes; 0 when there is none now.
  std::size_t poll_packet(base::ByteSpan out, base::Instant now);

  SendResult send(Message message, const Reliability& reliability, base::Instant now);
  std::optional<Message> next_message();
  bool has_message() const { return inbound_ && inbound_->has_next(); }  // what is not taken shuts the peer's window
  // Messages of the stream that have not begun are dropped; its numbers start anew once the peer has agreed.
  void reset_stream(StreamId stream);
  bool resetting(StreamId stream) const { return reset_ && reset_->resetting(stream); }
  std::optional<StreamId> next_reset();  // a stream of the peer's that it has reset

  State state() const { return state_; }
  bool open() const { return state_ == State::established; }
  bool started() const { return started_; }  // it has been connecting at least once
  std::string_view failure() const { return failure_; }
  std::size_t buffered() const { return outbound_.buffered(); }
  std::size_t buffered(StreamId stream) const { return outbound_.buffered(stream); }
  std::size_t held() const { return inbound_ ? inbound_->held() : 0; }  // received, not yet whole, in order or taken
  std::size_t congestion_window() const { return outbound_.congestion_window(); }

 private:
  struct Control {
    base::Bytes chunk;
    std::uint32_t tag = 0;
    bool alone = false;  // INIT and its like are not bundled (§6.10)
  };
  static constexpr std::size_t max_control = 16;

  // ---- handshake (association_handshake.cpp)
  void send_init(base::Instant now);
  void on_init(base::ByteView value, base::Instant now);
  void on_init_ack(base::ByteView value, base::Instant now);
  bool on_cookie_echo(base::ByteView value, std::uint32_t packet_tag, base::Instant now);
  void on_cookie_ack(base::Instant now);
  void send_cookie_echo(base::Instant now);
  void meet(const StateCookie& agreed);
  void establish(base::Instant now);
  void repeat_handshake(base::Instant now);

  void on_chunk(const wire::SctpChunk& chunk, std::uint32_t packet_tag, base::Instant now);
  bool tag_fits(const wire::SctpChunk& chunk, std::uint32_t packet_tag) const;
  void on_data(const wire::SctpChunk& chunk);
  void on_sack(base::ByteView value, base::Instant now);
  void on_heartbeat_ack(base::ByteView value, base::Instant now);
  void on_shutdown(base::ByteView value, base::Instant now);
  void on_shutdown_ack(base::Instant now);
  void continue_shutdown(base::Instant now);
  void say_shutdown(base::Instant now);
  void beat(base::Instant now);
  void error_counted(base::Instant now);
  void end(std::string_view why);
  void violated(std::string_view why);

  bool carries_data() const;
  bool acknowledges() const;
  template <class Write>
  void queue(Write&& write, bool alone = false, std::optional<std::uint32_t> tag = {});
  void write_control(wire::SctpPacketWriter& writer, std::uint32_t tag);

  Config config_;
  base::Rng& rng_;
  State state_ = State::closed;
  bool started_ = false;
  std::string_view failure_;
  std::uint32_t own_tag_, peer_tag_ = 0;
  std::uint32_t own_tsn_;
  std::uint16_t streams_out_;
  Outbound outbound_;
  std::optional<Inbound> inbound_;
  std::optional<StreamReset> reset_;
  std::vector<StreamId> resets_;  // to be told
  std::deque<Control> control_;
  base::Bytes cookie_;  // the peer's, to be echoed
  Rto rto_;
  int attempts_ = 0, errors_ = 0;
  base::Instant handshake_at_ = base::Instant::max();  // T1
  base::Instant shutdown_at_ = base::Instant::max();   // T2
  base::Instant heartbeat_at_ = base::Instant::max();
  bool heartbeat_unanswered_ = false;
};

}  // namespace greenroom::sctp
