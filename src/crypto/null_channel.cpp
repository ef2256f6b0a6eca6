// The null SecureChannel: the shape of DTLS-SRTP without its cost or its secrecy, for simulations.
#include <algorithm>
#include <array>
#include <deque>
#include <optional>

#include "crypto/secure_channel.hpp"

namespace greenroom::crypto {
namespace {

constexpr std::uint8_t handshake_byte = 22;  // so that RFC 7983 takes a datagram for DTLS
constexpr std::uint8_t application_byte = 23;
constexpr std::string_view hello_word = "hello ", answer_word = "answer ", goodbye_word = "goodbye ";
constexpr std::string_view fingerprint_algorithm = "null";
constexpr base::Duration first_retry = std::chrono::milliseconds(100);
constexpr int max_hellos = 8;  // doubling: about 25 s
constexpr std::array<std::uint8_t, srtp_max_overhead> null_trailer = {'n', 'o', 't', ' ', 's', 'e', 'c', 'r',
                                                                      'e', 't', ' ', 'n', 'u', 'l', 'l', '.'};

Sealed add_trailer(base::ByteSpan buffer, std::size_t size) {
  if (null_trailer.size() > buffer.size() - size) return tl::unexpected<Drop>(Drop::no_room);
  std::copy(null_trailer.begin(), null_trailer.end(), buffer.begin() + std::ptrdiff_t(size));
  return size + null_trailer.size();
}

Sealed remove_trailer(base::ByteView packet) {
  if (packet.size() < null_trailer.size()) return tl::unexpected<Drop>(Drop::malformed);
  const auto trailer = packet.last(null_trailer.size());
  if (!std::equal(trailer.begin(), trailer.end(), null_trailer.begin()))
    return tl::unexpected<Drop>(Drop::unauthenticated);
  return packet.size() - null_trailer.size();
}

class NullChannel final : public SecureChannel {
 public:
  NullChannel(DtlsRole role, std::string name, std::vector<Fingerprint> remote)
      : role_(role), name_(std::move(name)), remote_(std::move(remote)) {}

  void start(base::Instant now) override {
    if (role_ == DtlsRole::client && hellos_ == 0) say_hello(now);
  }

  void deliver(base::ByteView datagram, base::Instant) override {
    if (!datagram.empty() && datagram[0] == application_byte) return take_application(datagram.subspan(1));
    if (datagram.empty() || datagram[0] != handshake_byte || is_over()) return;
    const auto text = base::as_text(datagram.subspan(1));
    if (text.starts_with(goodbye_word)) return enter(ChannelState::closed);
    const auto word = role_ == DtlsRole::client ? answer_word : hello_word;
    if (!text.starts_with(word)) return;
    if (!is_announced(text.substr(word.size()))) return fail("the peer's fingerprint is not the announced one");
    if (role_ == DtlsRole::server) outgoing_ = say(answer_word);  // each hello again: the answer may have been lost
    enter(ChannelState::connected);
  }

  std::size_t poll_datagram(base::ByteSpan out) override {
    if (!outgoing_.empty()) {
      if (out.size() < outgoing_.size()) return 0;
      std::copy(outgoing_.begin(), outgoing_.end(), out.begin());
      return std::exchange(outgoing_, {}).size();
    }
    return pop(to_send_, out);
  }

  bool send_application(base::ByteView data) override {
    if (state_ != ChannelState::connected || data.empty() || data.size() > max_application_data) return false;
    if (to_send_.size() >= max_queued_application_data) return false;
    auto& record = to_send_.emplace_back(1, application_byte);
    record.insert(record.end(), data.begin(), data.end());
    record.insert(record.end(), null_trailer.begin(), null_trailer.end());
    return true;
  }
  std::size_t poll_application(base::ByteSpan out) override { return pop(received_, out); }

  void advance(base::Instant now) override {
    if (now < deadline_) return;
    if (hellos_ >= max_hellos) return fail("the peer does not answer");
    say_hello(now);
  }

  base::Instant next_deadline() const override { return deadline_; }

  void close(base::Instant) override {
    if (!is_over()) outgoing_ = say(goodbye_word);
    if (state_ != ChannelState::failed) enter(ChannelState::closed);
  }

  ChannelState state() const override { return state_; }
  std::string_view failure() const override { return failure_; }

  Sealed protect_rtp(base::ByteSpan buffer, std::size_t size) override {
    if (state_ != ChannelState::connected) return not_connected();
    if (size > buffer.size()) return tl::unexpected<Drop>(Drop::malformed);
    return add_trailer(buffer, size);
  }
  Sealed protect_rtcp(base::ByteSpan buffer, std::size_t size) override { return protect_rtp(buffer, size); }
  Sealed unprotect_rtp(base::ByteSpan packet) override {
    return state_ == ChannelState::connected ? remove_trailer(packet) : not_connected();
  }
  Sealed unprotect_rtcp(base::ByteSpan packet) override { return unprotect_rtp(packet); }

 private:
  static Sealed not_connected() { return tl::unexpected<Drop>(Drop::not_connected); }
  static std::size_t pop(std::deque<base::Bytes>& queue, base::ByteSpan out) {
    if (queue.empty()) return 0;
    const base::Bytes front = std::move(queue.front());
    queue.pop_front();
    const auto size = std::min(front.size(), out.size());
    std::copy_n(front.begin(), size, out.begin());
    return size;
  }
  void take_application(base::ByteView record) {
    const auto size = state_ == ChannelState::connected ? remove_trailer(record) : not_connected();
    if (!size || *size == 0 || received_.size() >= max_queued_application_data) return;
    received_.emplace_back(record.begin(), record.begin() + std::ptrdiff_t(*size));
  }
  bool is_over() const { return state_ == ChannelState::closed || state_ == ChannelState::failed; }

  bool is_announced(std::string_view name) const {
    return std::any_of(remote_.begin(), remote_.end(), [&](const Fingerprint& f) { return f.value == name; });
  }
  std::string say(std::string_view word) const { return std::string(1, char(handshake_byte)).append(word) + name_; }
  void say_hello(base::Instant now) {
    outgoing_ = say(hello_word);
    deadline_ = now + first_retry * (1 << hellos_++);
  }
  void enter(ChannelState state) {
    state_ = state;
    deadline_ = base::Instant::max();
  }
  void fail(std::string_view why) {
    failure_ = why;
    enter(ChannelState::failed);
  }

  DtlsRole role_;
  std::string name_;
  std::vector<Fingerprint> remote_;
  ChannelState state_ = ChannelState::connecting;
  std::string_view failure_;
  std::string outgoing_;
  std::deque<base::Bytes> to_send_, received_;  // application data
  base::Instant deadline_ = base::Instant::max();
  int hellos_ = 0;
};

class NullChannelFactory final : public SecureChannelFactory {
 public:
  explicit NullChannelFactory(std::string name) : name_(std::move(name)) {}
  std::vector<Fingerprint> local_fingerprints() const override { return {{std::string(fingerprint_algorithm), name_}}; }
  std::unique_ptr<SecureChannel> create(DtlsRole role, std::vector<Fingerprint> remote) const override {
    return std::make_unique<NullChannel>(role, name_, std::move(remote));
  }

 private:
  std::string name_;
};

}  // namespace

std::unique_ptr<SecureChannelFactory> make_null_channel_factory(std::string name) {
  name.resize(std::min<std::size_t>(name.size(), 256));  // a hello stays below max_handshake_datagram
  return std::make_unique<NullChannelFactory>(std::move(name));
}

}  // namespace greenroom::crypto
