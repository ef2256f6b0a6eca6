#include "rtc/transport.hpp"

#include <algorithm>

namespace greenroom::rtc {
namespace {
constexpr std::uint32_t probator_ssrc = 1234;  // what mediasoup-client declares
constexpr std::uint8_t probator_payload_type = 127;
template <class T>
std::uint16_t place(std::vector<std::unique_ptr<T>>& slots, std::unique_ptr<T> value) {
  const auto free = std::ranges::find_if(slots, [](const auto& slot) { return !slot; });
  if (free != slots.end()) {
    *free = std::move(value);
    return std::uint16_t(free - slots.begin());
  }
  slots.push_back(std::move(value));
  return std::uint16_t(slots.size() - 1);
}
}  // namespace

Transport::Transport(const Config& config, base::Rng& rng) : ice_(rng), rng_(rng), bandwidth_(config.bitrate) {
  pacer_.set_rate(bandwidth_.estimate());
}

// ---- connection

void Transport::connect(std::unique_ptr<crypto::SecureChannel> channel, base::Instant now, Outbox& out) {
  channel_ = std::move(channel);
  pump_channel(now, out);
}

void Transport::pump_channel(base::Instant now, Outbox& out) {
  if (!channel_) return;
  if (ice_.selected() && !channel_started_) {
    channel_started_ = true;
    channel_->start(now);
  }
  channel_due_ = channel_->next_deadline();
  if (!ice_.selected()) return;
  for (;;) {
    const auto buffer = out.begin();
    if (buffer.empty()) return;
    const auto size = channel_->poll_datagram(buffer);
    if (size == 0) break;
    out.commit(*ice_.selected(), size);
  }
  if (channel_->state() == crypto::ChannelState::connected) was_connected_ = true;
}

TransportPhase Transport::phase(base::Instant now) const {
  if (channel_ && channel_->state() == crypto::ChannelState::failed) return TransportPhase::failed;
  if (channel_ && channel_->state() == crypto::ChannelState::closed) return TransportPhase::disconnected;
  if (!was_connected_) return TransportPhase::connecting;
  return ice_.selected() && ice_.has_consent(now) ? TransportPhase::connected : TransportPhase::disconnected;
}

void Transport::close(base::Instant now, Outbox& out) {
  if (!channel_ || !channel_started_) return;
  channel_->close(now);
  pump_channel(now, out);
}

bool Transport::can_send() const {
  return channel_ && ice_.selected() && channel_->state() == crypto::ChannelState::connected;
}

// ---- streams

ReceiverIndex Transport::add_receiver(ProducerPlan plan) {
  to_nack_.reserve(nack_max_missing);
  if (plan.extensions.transport_wide) transport_wide_id_ = plan.extensions.transport_wide;
  return {place(receivers_, std::make_unique<Receiver>(std::move(plan)))};
}

void Transport::remove_receiver(ReceiverIndex index) { receivers_[index.value].reset(); }

Receiver* Transport::receiver(ReceiverIndex index) { return receivers_[index.value].get(); }

SenderIndex Transport::add_sender(ConsumerPlan plan) {
  plan.parameters = {};  // the client's: nothing here needs them, and they are the largest part
  // A stream without transport-wide numbers, sound say, does not take the place of one that has them.
  const bool measured = plan.extensions.transport_wide || plan.extensions.abs_send_time;
  if (measured && (plan.extensions.transport_wide || !probator_.extensions.transport_wide)) {
    may_probe_ = true;
    probator_ = plan;
    probator_.ssrc = probator_ssrc;
    probator_.payload_type = probator_payload_type;
    probator_.mid = "probator";
  }
  return {place(senders_, std::make_unique<SendStream>(std::move(plan)))};
}

void Transport::remove_sender(SenderIndex index) { senders_[index.value].reset(); }

SendStream* Transport::sender(SenderIndex index) { return senders_[index.value].get(); }

// ---- time

void Transport::advance(base::Instant now, Outbox& out) {
  if (channel_due_ <= now) {
    channel_->advance(now);
    pump_channel(now, out);
  }
  if (!can_send()) return;
  send_data(now, out);
  send_arrivals(now, out);
  send_repairs(now, out);
  send_keyframe_requests(now, out);
  send_reports(now, out);
}

base::Instant Transport::next_deadline() const {
  auto deadline = channel_due_;
  if (!can_send()) return deadline;
  deadline = std::min({deadline, next_reports_, next_data_deadline()});
  if (arrivals_ && !arrivals_->empty()) deadline = std::min(deadline, next_arrivals_);
  for (const auto& receiver : receivers_) {
    if (!receiver) continue;
    for (std::size_t i = 0; i < receiver->size(); ++i) {
      const auto& encoding = receiver->encoding(i);
      if (encoding.stream) deadline = std::min(deadline, encoding.stream->next_deadline());
      if (encoding.ssrc) deadline = std::min(deadline, encoding.keyframe.next_deadline());
    }
  }
  return deadline;
}

}  // namespace greenroom::rtc
