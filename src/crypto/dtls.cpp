#include "crypto/dtls.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include "base/assert.hpp"
#include "crypto/detail/dtls_handshake.hpp"
#include "crypto/detail/dtls_session.hpp"

namespace greenroom::crypto {

struct DtlsEndpoint::State {
  bool is_over() const { return state == ChannelState::failed || state == ChannelState::closed; }
  void follow(ChannelState handshake_state, base::Instant now);
  void follow_session();
  void hand_over();

  ChannelState state = ChannelState::connecting;
  base::Instant deadline = base::Instant::max();
  std::string failure;
  DtlsQueues queues;
  std::optional<DtlsSrtpKeys> keys;
  std::unique_ptr<DtlsHandshake> handshake;  // while connecting
  std::unique_ptr<DtlsSession> session;      // from then on
};

// OpenSSL's part is over with the handshake, however it ended.
void DtlsEndpoint::State::follow(ChannelState handshake_state, base::Instant now) {
  state = handshake_state;
  deadline = state == ChannelState::connecting ? handshake->next_deadline(now) : base::Instant::max();
  if (state == ChannelState::connecting) return;
  failure = handshake->take_failure();
  if (state == ChannelState::connected) hand_over();
  handshake.reset();
}

void DtlsEndpoint::State::hand_over() {
  auto outcome = handshake->take_outcome();
  keys = std::move(outcome.srtp);
  session = std::make_unique<DtlsSession>(outcome.records, outcome.next);
  OPENSSL_cleanse(&outcome.records, sizeof outcome.records);
  for (const auto& datagram : outcome.beyond) session->deliver(datagram, queues);
  session->repeat_on_demand(outcome.last_flight);
  session->rest();  // more often than not nothing comes any more
  follow_session();
}

void DtlsEndpoint::State::follow_session() {
  state = session->state();
  if (state == ChannelState::failed) failure = fmt::format("the peer's alert {}", session->alert());
}

DtlsEndpoint::DtlsEndpoint(const DtlsCertificate& certificate, DtlsRole role, std::vector<Fingerprint> remote)
    : state_(std::make_unique<State>()) {
  state_->handshake =
      std::make_unique<DtlsHandshake>(certificate.state_, role, std::move(remote), state_->queues.outgoing);
}
DtlsEndpoint::DtlsEndpoint(DtlsEndpoint&&) noexcept = default;
DtlsEndpoint& DtlsEndpoint::operator=(DtlsEndpoint&&) noexcept = default;
DtlsEndpoint::~DtlsEndpoint() = default;

void DtlsEndpoint::start(base::Instant now) {
  if (state_->handshake) state_->follow(state_->handshake->start(), now);
}

void DtlsEndpoint::deliver(base::ByteView datagram, base::Instant now) {
  if (state_->is_over()) return;
  if (state_->handshake) return state_->follow(state_->handshake->deliver(datagram), now);
  state_->session->deliver(datagram, state_->queues);
  state_->follow_session();
}

std::size_t DtlsEndpoint::poll_datagram(base::ByteSpan out) {
  GREENROOM_ASSERT(out.size() >= max_handshake_datagram);
  return state_->queues.outgoing.pop(out);
}

bool DtlsEndpoint::send_application(base::ByteView data) {
  if (data.empty() || data.size() > max_application_data || !state_->session) return false;
  return state_->session->send(data, state_->queues);
}

std::size_t DtlsEndpoint::poll_application(base::ByteSpan out) { return state_->queues.received.pop(out); }

void DtlsEndpoint::advance(base::Instant now) {
  if (now >= state_->deadline && state_->handshake) state_->follow(state_->handshake->on_timer(), now);
}

base::Instant DtlsEndpoint::next_deadline() const { return state_->deadline; }

void DtlsEndpoint::close(base::Instant now) {
  if (state_->session) state_->session->close(state_->queues);
  if (state_->handshake) state_->follow(ChannelState::closed, now);
  if (!state_->is_over()) state_->state = ChannelState::closed;
}

ChannelState DtlsEndpoint::state() const { return state_->state; }
std::string_view DtlsEndpoint::failure() const { return state_->failure; }
const std::optional<DtlsSrtpKeys>& DtlsEndpoint::srtp_keys() const { return state_->keys; }
void DtlsEndpoint::forget_srtp_keys() { state_->keys.reset(); }

}  // namespace greenroom::crypto
