// Data channels of a transport: an SCTP association over the secure channel's application data (RFC 8261).
#include <array>

#include "rtc/transport.hpp"

namespace greenroom::rtc {
namespace {
// Media waits for no more than this of one transport's data at a time.
constexpr int max_data_packets_a_turn = 16;
}  // namespace

sctp::Association& Transport::data() {
  if (!data_) data_ = std::make_unique<sctp::Association>(sctp::Config{}, rng_);
  return *data_;
}

void Transport::receive_data(base::Instant now) {
  std::array<std::uint8_t, max_datagram_size> record;
  while (const auto size = channel_->poll_application(record)) data().deliver(base::ByteView(record).first(size), now);
}

void Transport::send_data(base::Instant now, Outbox& out) {
  if (!data_ || !can_send()) return;
  if (!data_->started()) data_->connect(now);
  data_->advance(now);
  std::array<std::uint8_t, crypto::max_application_data> packet;
  data_waits_ = true;
  for (int i = 0; i < max_data_packets_a_turn && data_waits_; ++i) {
    const auto size = data_->poll_packet(packet, now);
    data_waits_ = size > 0 && channel_->send_application(base::ByteView(packet).first(size));
  }
  pump_channel(now, out);
}

// What waits to be sent, or to be taken by the owner, is due at once.
base::Instant Transport::next_data_deadline() const {
  if (!data_) return base::Instant::max();
  if (data_waits_ || data_->has_message() || !data_->started()) return base::Instant::min();
  return data_->next_deadline();
}

}  // namespace greenroom::rtc
