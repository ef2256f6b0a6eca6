// An Engine.IO session as a state machine: each pair of bytes is something the client or the server does and how long
// after the last; the bytes that follow a length are what the client says. Polls are answered at most once and only
// while they wait, nothing goes to a socket that is not there, what waits for a poll is bounded, messages come out in
// the order in which they went in, and after the end nothing comes.
#include <algorithm>

#include "api/realtime/engine_session.hpp"
#include "base/assert.hpp"
#include "base/bytes.hpp"

using namespace greenroom;
using namespace greenroom::api::realtime;
using wire::engineio::PacketType;

namespace {

constexpr std::size_t outbound_max = 500;
constexpr std::size_t said_max = 60;  // bytes of one message from above

EngineOptions options() {
  EngineOptions out;
  out.outbound_bytes_max = outbound_max;
  return out;
}

class Conversation {
 public:
  Conversation(EngineTransport transport, base::ByteReader in)
      : options_(options()), session_(options_, "sid", transport, now_), in_(in) {
    socket_ = transport == EngineTransport::web_socket;
  }
  void run() {
    hear();
    while (in_.left() >= 2) {
      const auto action = in_.u8();
      now_ += std::chrono::milliseconds(in_.u8() * 100);
      session_.advance(now_);  // what time has brought about comes first, as in EngineServer
      hear();
      act(action);
      hear();
      GREENROOM_ASSERT(ended_ == session_.closed());
      GREENROOM_ASSERT(session_.closed() || session_.deadline() < base::Instant::max());
    }
  }

 private:
  std::string said() { return std::string(base::as_text(in_.take(std::min<std::size_t>(in_.u8() % 32, in_.left())))); }

  void act(std::uint8_t action) {
    switch (action % 9) {
      case 0: {
        const bool waited = poll_;
        const bool accepted = session_.poll(now_);
        GREENROOM_ASSERT(!(waited && accepted));
        poll_ = waited || accepted;
        return;
      }
      case 1:
        static_cast<void>(session_.post(said(), now_));
        return;
      case 2:
        if (session_.begin_upgrade(now_)) {
          GREENROOM_ASSERT(!probe_);
          probe_ = true;
        }
        return;
      case 3:
        if (probe_) session_.frame(EngineSocket::probe, said(), action & 0x80, now_);
        return;
      case 4:
        if (socket_) session_.frame(EngineSocket::current, said(), action & 0x80, now_);
        return;
      case 5:
        return speak(said());
      case 6:
        session_.advance(now_);
        return;
      case 7:
        return lose(action & 0x80 ? EngineSocket::probe : EngineSocket::current);
      case 8:
        if (action & 0x80) return session_.close(now_);
        session_.poll_gone(now_);
        poll_ = false;  // nobody reads what it is answered with
        gone_ = true;
        return;
    }
  }
  void speak(std::string text) {
    std::replace(text.begin(), text.end(), '\x1e', ' ');  // JSON has none; a polling body could not hold it
    session_.send({PacketType::message, std::to_string(++spoken_) + " " + std::move(text), false});
  }
  void lose(EngineSocket which) {
    bool& there = which == EngineSocket::probe ? probe_ : socket_;
    if (!std::exchange(there, false)) return;
    session_.socket_closed(which, now_);
    gone_ = true;
  }

  void hear() {
    while (auto output = session_.next()) {
      GREENROOM_ASSERT(!ended_);
      std::visit([this](const auto& o) { check(o); }, *output);
    }
    gone_ = false;
  }
  void check(const AnswerPoll& o) {
    GREENROOM_ASSERT(std::exchange(poll_, false) || gone_);
    GREENROOM_ASSERT(!o.body.empty() && o.body.size() <= 2 * outbound_max + said_max + 200);
    for (std::size_t at = 0; at < o.body.size();) {
      const auto end = std::min(o.body.find('\x1e', at), o.body.size());
      heard(std::string_view(o.body).substr(at, end - at));
      at = end + 1;
    }
  }
  void check(const RefusePoll&) { GREENROOM_ASSERT(std::exchange(poll_, false)); }
  void check(const SendFrame& o) {
    GREENROOM_ASSERT((o.socket == EngineSocket::probe ? probe_ : socket_) || gone_);
    if (!o.binary) heard(o.data);
  }
  void check(const CloseSocket& o) {
    GREENROOM_ASSERT(std::exchange(o.socket == EngineSocket::probe ? probe_ : socket_, false) || gone_);
  }
  void check(const Promote&) {
    GREENROOM_ASSERT(!socket_);
    socket_ = std::exchange(probe_, false);
  }
  void check(const EngineMessage&) {}
  void check(const Closed&) { ended_ = true; }
  // A message of speak() or a packet of the session's own.
  void heard(std::string_view text) {
    if (text.starts_with('4')) GREENROOM_ASSERT(text.substr(1).starts_with(std::to_string(++heard_) + " "));
  }

  base::Instant now_{std::chrono::seconds(1000)};
  const EngineOptions options_;
  EngineSession session_;
  base::ByteReader in_;
  std::uint64_t spoken_ = 0, heard_ = 0;
  bool poll_ = false, probe_ = false, socket_ = false, ended_ = false;
  bool gone_ = false;  // in this step the client left what an answer could still be on its way to
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  Conversation(data[0] & 1 ? EngineTransport::polling : EngineTransport::web_socket,
               base::ByteReader({data + 1, size - 1}))
      .run();
  return 0;
}
