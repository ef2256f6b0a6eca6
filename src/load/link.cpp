#include "load/link.hpp"

#include "crypto/hash.hpp"
#include "wire/rtp.hpp"
#include "wire/stun.hpp"

namespace greenroom::load {
namespace {
using namespace std::chrono_literals;
constexpr base::Duration fast_check = 50ms, slow_check = 2500ms;   // as browsers do before and after the first answer
constexpr std::uint32_t host_priority = (126u << 24) | 0xffffffu;  // RFC 8445 §5.1.2.1, of a host candidate
constexpr std::string_view own_fragment = "load";
}  // namespace

Link::~Link() { ground_.swarm.remove(member_); }

void Link::start(base::Instant now) { check(now); }

void Link::check(base::Instant now) {
  std::array<std::uint8_t, 512> buffer;
  wire::StunTransactionId transaction;
  ground_.rng.fill(transaction);
  wire::StunBuilder request(buffer, wire::StunClass::request, transaction);
  request.username(remote_.username_fragment + ":" + std::string(own_fragment))
      .priority(host_priority)
      .ice_controlling(1)
      .use_candidate();
  send(request.finish(base::as_bytes(remote_.password), crypto::hmac_sha1));
  next_check_ = now + (answered_ ? slow_check : fast_check);
}

Link::Media Link::take(base::ByteSpan datagram, base::Instant now) {
  switch (wire::classify(datagram)) {
    case wire::DatagramKind::stun:
      take_stun(datagram, now);
      return Media::none;
    case wire::DatagramKind::dtls:
      if (!channel_) return Media::none;
      channel_->deliver(datagram, now);
      pump();
      return Media::none;
    case wire::DatagramKind::rtp:
      return connected() ? Media::rtp : Media::none;
    case wire::DatagramKind::rtcp:
      return connected() ? Media::rtcp : Media::none;
    case wire::DatagramKind::unknown:
      return Media::none;
  }
  return Media::none;
}

void Link::take_stun(base::ByteView datagram, base::Instant now) {
  if (answered_) return;  // later answers only say that the server lives
  const auto message = wire::StunMessage::parse(datagram);
  if (!message || message->message_class != wire::StunClass::success) return;
  if (!message->verify_integrity(base::as_bytes(remote_.password), crypto::hmac_sha1)) return;
  answered_ = true;
  next_check_ = now + slow_check;
  shake_hands(now);
}

void Link::shake_hands(base::Instant now) {
  channel_ = ground_.channels.create(crypto::DtlsRole::client, remote_.fingerprints);
  channel_->start(now);
  pump();
}

void Link::send(std::span<const base::ByteView> datagrams) {
  if (ground_.capture)
    for (const auto& datagram : datagrams) ground_.capture->add(datagram);
  send_raw(datagrams);
}

void Link::pump() {
  std::array<std::uint8_t, crypto::max_handshake_datagram> buffer;
  while (const auto size = channel_->poll_datagram(buffer)) send(base::ByteView(buffer).first(size));
}

void Link::service(base::Instant now) {
  if (now >= next_check_) check(now);
  if (!channel_ || now < channel_->next_deadline()) return;
  channel_->advance(now);
  pump();
}

void Link::close(base::Instant now) {
  if (!channel_) return;
  channel_->close(now);
  pump();
}

}  // namespace greenroom::load
