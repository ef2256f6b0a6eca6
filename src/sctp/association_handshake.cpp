// The four-way handshake of an association, with both sides calling at once and with a peer that starts anew
// (RFC 9260 §5.1, §5.2).
#include "sctp/association.hpp"
#include "sctp/detail/control_chunk.hpp"

namespace greenroom::sctp {
namespace {
constexpr std::size_t longest_cookie = 1024;  // fits a packet

std::uint32_t nonzero(base::Rng& rng) {
  for (;;) {
    if (const auto value = rng.u32(); value != 0) return value;
  }
}
}  // namespace

Association::Association(const Config& config, base::Rng& rng)
    : config_(config),
      rng_(rng),
      own_tag_(nonzero(rng)),
      own_tsn_(rng.u32()),
      streams_out_(config.streams),
      outbound_(own_tsn_, config) {}

void Association::connect(base::Instant now) {
  if (state_ != State::closed) return;
  if (started_) {  // anew: what was before is no longer anybody's
    own_tag_ = nonzero(rng_);
    own_tsn_ = rng_.u32();
    outbound_ = Outbound(own_tsn_, config_);
  }
  failure_ = {};
  started_ = true;
  attempts_ = errors_ = 0;
  state_ = State::cookie_wait;
  send_init(now);
}

void Association::send_init(base::Instant now) {
  const wire::SctpInit init{
      own_tag_, std::uint32_t(config_.receive_window), config_.streams, config_.streams, own_tsn_, true, true, {}};
  queue([&](auto& writer) { writer.init(wire::SctpChunkType::init, init); }, true, 0);
  handshake_at_ = now + rto_.value();
}

// §5.2.1, §5.2.2: an INIT changes nothing here; all it is about goes into the cookie. Who is calling too answers with
// what it has said itself; who has an association already, with fresh numbers and the old ones as ties.
void Association::on_init(base::ByteView value, base::Instant) {
  const auto init = wire::parse_sctp_init(value);
  if (!init || state_ == State::shutdown_ack_sent) return;
  const bool fresh = state_ == State::closed || state_ == State::cookie_wait || state_ == State::cookie_echoed;
  StateCookie cookie{
      own_tag_,       init->tag, own_tsn_, init->initial_tsn, init->window, init->inbound, init->forward_tsn,
      init->reconfig, 0,         0};
  if (!fresh || (state_ == State::closed && started_)) {
    cookie.own_tag = nonzero(rng_);
    cookie.own_tsn = rng_.u32();
    cookie.tie_own = own_tag_;
    cookie.tie_peer = peer_tag_;
  }
  const auto bytes = write_cookie(cookie);
  const wire::SctpInit answer{cookie.own_tag,
                              std::uint32_t(config_.receive_window),
                              config_.streams,
                              config_.streams,
                              cookie.own_tsn,
                              true,
                              true,
                              bytes};
  queue([&](auto& writer) { writer.init(wire::SctpChunkType::init_ack, answer); }, true, init->tag);
}

void Association::on_init_ack(base::ByteView value, base::Instant now) {
  if (state_ != State::cookie_wait) return;  // §5.2.3
  const auto init = wire::parse_sctp_init(value);
  if (!init || init->cookie.empty() || init->cookie.size() > longest_cookie)
    return violated("an INIT ACK without sense");
  meet({own_tag_, init->tag, own_tsn_, init->initial_tsn, init->window, init->inbound, init->forward_tsn,
        init->reconfig, 0, 0});
  cookie_.assign(init->cookie.begin(), init->cookie.end());
  attempts_ = 0;
  state_ = State::cookie_echoed;
  send_cookie_echo(now);
}

void Association::send_cookie_echo(base::Instant now) {
  queue([&](auto& writer) { writer.chunk(wire::SctpChunkType::cookie_echo, 0, cookie_); });
  handshake_at_ = now + rto_.value();
}

// §5.2.4, table 12. False when the packet is to be ignored.
bool Association::on_cookie_echo(base::ByteView value, std::uint32_t packet_tag, base::Instant now) {
  const auto cookie = parse_cookie(value);
  if (!cookie || cookie->own_tag != packet_tag) return false;
  const bool calling = state_ == State::cookie_wait || state_ == State::cookie_echoed;
  const bool own_matches = cookie->own_tag == own_tag_ && (state_ != State::closed || !started_);
  const bool peer_matches = inbound_ && cookie->peer_tag == peer_tag_;
  const bool ties_match = started_ && cookie->tie_own == own_tag_ && cookie->tie_peer == peer_tag_;
  if (own_matches && peer_matches && state_ != State::cookie_wait) {  // D: both called, or the answer was lost
    if (calling) establish(now);
  } else if (own_matches && (calling || state_ == State::closed)) {  // B, or the first we hear of it
    meet(*cookie);
    establish(now);
  } else if (!own_matches && ties_match) {  // A: the peer has started anew
    own_tag_ = cookie->own_tag;
    own_tsn_ = cookie->own_tsn;
    outbound_ = Outbound(own_tsn_, config_);
    meet(*cookie);
    establish(now);
  } else {
    return false;  // C: of an older call
  }
  queue([](auto& writer) { writer.chunk(wire::SctpChunkType::cookie_ack, 0); });
  return true;
}

void Association::on_cookie_ack(base::Instant now) {
  if (state_ == State::cookie_echoed) establish(now);
}

// Both know what the other side can do.
void Association::meet(const StateCookie& agreed) {
  started_ = true;
  peer_tag_ = agreed.peer_tag;
  streams_out_ = std::min(config_.streams, agreed.peer_inbound);
  inbound_.emplace(agreed.peer_tsn, config_);
  reset_.emplace(own_tsn_, agreed.peer_tsn, agreed.reconfig);
  resets_.clear();
  outbound_.start(agreed.peer_window, agreed.forward_tsn);
}

void Association::establish(base::Instant now) {
  state_ = State::established;
  failure_ = {};
  attempts_ = errors_ = 0;
  cookie_.clear();
  handshake_at_ = shutdown_at_ = base::Instant::max();
  heartbeat_unanswered_ = false;
  heartbeat_at_ = now + heartbeat_interval;
}

void Association::repeat_handshake(base::Instant now) {
  if (++attempts_ > max_init_attempts) return end("the peer does not answer");
  rto_.backoff();
  state_ == State::cookie_wait ? send_init(now) : send_cookie_echo(now);
}

}  // namespace greenroom::sctp
