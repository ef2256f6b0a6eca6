#include "rtc/transport.hpp"

#include <algorithm>

#include "base/prefetch.hpp"
#include "rtc/header_extras.hpp"
#include "wire/dependency_descriptor.hpp"
#include "wire/rtp_extensions.hpp"

namespace greenroom::rtc {
namespace {
constexpr base::Duration report_interval = std::chrono::seconds(1);  // RFC 3550 §6.2 allows it at these bandwidths
constexpr std::size_t rtcp_room = max_datagram_size - crypto::kSrtcpMaxOverhead;
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

Transport::Transport(const Config& config, base::Rng& rng) : rng_(rng), ice_(rng), bandwidth_(config.bitrate) {
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

// ---- datagrams in

IceAgent::Answer Transport::handle_stun(const base::Address& from, const wire::StunMessage& message, base::Instant now,
                                        Outbox& out) {
  const bool had_path = ice_.selected().has_value();
  auto answer = ice_.handle(from, message, now, out);
  if (!had_path) pump_channel(now, out);
  return answer;
}

Transport::Input Transport::handle_dtls(base::ByteView datagram, base::Instant now, Outbox& out) {
  if (!channel_) return {DropReason::unexpected, {}};
  if (!channel_started_) {
    channel_started_ = true;
    channel_->start(now);
  }
  channel_->deliver(datagram, now);
  receive_data(now);
  pump_channel(now, out);
  send_data(now, out);
  return {};
}

Transport::Input Transport::handle_rtp(base::ByteSpan datagram, base::Instant now) {
  if (!channel_) return {DropReason::unexpected, {}};
  const auto size = channel_->unprotect_rtp(datagram);
  if (!size) return {size.error() == crypto::Drop::malformed ? DropReason::malformed : DropReason::forged, {}};
  return accept_rtp(datagram.first(*size), now);
}

void Transport::note_arrival(const wire::RtpView& packet, base::Instant now) {
  if (transport_wide_id_ == 0) return;
  const auto value = packet.extension({transport_wide_id_});
  const auto seq = value ? wire::decode_transport_sequence(*value) : std::nullopt;
  if (!seq) return;
  if (!arrivals_) arrivals_ = std::make_unique<ArrivalLog>();
  if (arrivals_->empty()) next_arrivals_ = std::max(next_arrivals_, now);
  arrivals_->add(*seq, now);
  arrivals_media_ = packet.ssrc();
}

Transport::Input Transport::accept_rtp(base::ByteSpan bytes, base::Instant now) {
  const auto packet = wire::RtpView::parse(bytes);
  if (!packet) return {DropReason::malformed, {}};
  note_arrival(*packet, now);
  for (std::size_t i = 0; i < receivers_.size(); ++i) {
    if (!receivers_[i]) continue;
    const auto match = receivers_[i]->match(*packet);
    if (!match) continue;
    const ReceiverIndex index{std::uint16_t(i)};
    if (!match->rtx) return accept_media(*packet, index, match->encoding, false, now);
    const auto& encoding = receivers_[i]->encoding(match->encoding);
    if (!encoding.ssrc) return {DropReason::unexpected, {}};
    const auto original = wire::unwrap_rtx(bytes, {{receivers_[i]->plan().payload_type}, *encoding.ssrc});
    if (!original) return {};  // padding: a probe of the sender's
    const auto repaired = wire::RtpView::parse(*original);
    return repaired ? accept_media(*repaired, index, match->encoding, true, now) : Input{DropReason::malformed, {}};
  }
  return {DropReason::unexpected, {}};
}

Transport::Input Transport::accept_media(const wire::RtpView& packet, ReceiverIndex index, std::uint8_t encoding,
                                         bool rtx, base::Instant now) {
  auto& receiver = *receivers_[index.value];
  const auto type = packet.payload_type().value;
  const auto& plan = receiver.plan();
  if (type != plan.payload_type && type != plan.red_payload_type) return {DropReason::unexpected, {}};
  const auto accepted = receiver.encoding(encoding).stream->accept(
      {packet.sequence(), packet.timestamp(), packet.packet().size(), rtx}, now);
  if (accepted.duplicate) return {};
  if (accepted.restarted && receiver.plan().pli) receiver.encoding(encoding).keyframe.request();
  return {DropReason::none, ReceivedRtp{index, encoding, accepted.seq, accepted.late, accepted.restarted, packet}};
}

DropReason Transport::handle_rtcp(base::ByteSpan datagram, base::Instant now) {
  feedback_.clear();
  nacked_.clear();
  if (!channel_) return DropReason::unexpected;
  const auto size = channel_->unprotect_rtcp(datagram);
  if (!size) return size.error() == crypto::Drop::malformed ? DropReason::malformed : DropReason::forged;
  wire::RtcpReader reader(datagram.first(*size));
  while (const auto packet = reader.next()) on_rtcp(*packet, now);
  return reader.ok() ? DropReason::none : DropReason::malformed;
}

void Transport::on_rtcp(const wire::RtcpPacket& packet, base::Instant now) {
  if (const auto* sr = std::get_if<wire::SenderReport>(&packet)) {
    on_sender_info(sr->info, now);
    for (const auto block : sr->blocks) on_block(block, now);
  } else if (const auto* rr = std::get_if<wire::ReceiverReport>(&packet)) {
    for (const auto block : rr->blocks) on_block(block, now);
  } else if (const auto* nack = std::get_if<wire::Nack>(&packet)) {
    on_nack(*nack);
  } else if (const auto* pli = std::get_if<wire::Pli>(&packet)) {
    on_keyframe_wanted(pli->ids.media);
  } else if (const auto* fir = std::get_if<wire::Fir>(&packet)) {
    for (const auto item : fir->items) on_keyframe_wanted(item.ssrc);
  } else if (const auto* feedback = std::get_if<wire::TransportFeedback>(&packet)) {
    bandwidth_.on_feedback(sent_.match(*feedback), now);
    pacer_.set_rate(bandwidth_.estimate());
  } else if (const auto* remb = std::get_if<wire::Remb>(&packet)) {
    bandwidth_.on_remb(remb->bitrate, now);
    pacer_.set_rate(bandwidth_.estimate());
  }
}

void Transport::on_block(const wire::ReportBlock& block, base::Instant now) {
  const auto index = sender_of(block.ssrc);
  if (!index) return;
  bandwidth_.on_report(block.fraction_lost / 256.0, now);
  pacer_.set_rate(bandwidth_.estimate());
  const auto rtt = senders_[index->value]->on_report(block, now);
  if (!rtt) return;
  measured_rtt_ = measured_rtt_ ? (*measured_rtt_ * 3 + *rtt) / 4 : *rtt;
  rtt_ = *measured_rtt_;
  bandwidth_.set_rtt(rtt_);
}

void Transport::on_sender_info(const wire::SenderInfo& info, base::Instant now) {
  for (std::size_t i = 0; i < receivers_.size(); ++i) {
    if (!receivers_[i]) continue;
    for (std::size_t e = 0; e < receivers_[i]->size(); ++e) {
      auto& encoding = receivers_[i]->encoding(e);
      if (encoding.ssrc != info.ssrc) continue;
      encoding.stream->accept_sender_report(info, now);
      feedback_.push_back(SenderReportFeedback{{std::uint16_t(i)}, std::uint8_t(e)});
    }
  }
}

void Transport::on_nack(const wire::Nack& nack) {
  const auto index = sender_of(nack.ids.media);
  if (!index) return;
  const auto first = std::uint32_t(nacked_.size());
  nack.for_each([&](wire::SeqNo seq) {
    if (nacked_.size() < max_nacks) nacked_.push_back(seq);
  });
  feedback_.push_back(NackFeedback{*index, first, std::uint32_t(nacked_.size()) - first});
}

void Transport::on_keyframe_wanted(wire::Ssrc ssrc) {
  if (const auto index = sender_of(ssrc)) feedback_.push_back(KeyframeFeedback{*index});
}

std::optional<SenderIndex> Transport::sender_of(wire::Ssrc ssrc) const {
  for (std::size_t i = 0; i < senders_.size(); ++i) {
    if (senders_[i] && senders_[i]->plan().ssrc == ssrc.value) return SenderIndex{std::uint16_t(i)};
  }
  return std::nullopt;
}

// ---- packets out

namespace {
// Header extensions of one outgoing packet: values first, so that the elements can point at them.
struct Extensions {
  Extensions(const ConsumerPlan& plan, wire::SeqNo transport_seq, base::Instant now)
      : send_time(wire::encode_abs_send_time(now)), transport(wire::encode_transport_sequence(transport_seq)) {
    add(plan.extensions.mid, base::as_bytes(plan.mid));
    add(plan.extensions.abs_send_time, send_time);
    add(plan.extensions.transport_wide, transport);
  }
  void add(std::uint8_t id, base::ByteView value) {
    if (id != 0 && !value.empty()) list[count++] = {{id}, value};
  }
  std::span<const wire::ExtensionValue> view() const { return {list.data(), count}; }

  std::array<std::uint8_t, 3> send_time;
  std::array<std::uint8_t, 2> transport;
  std::array<wire::ExtensionValue, 5 + 3> list;  // named ones and extras
  std::size_t count = 0;
};

// A dependency descriptor says the frame's number as it is for this receiver.
void number_frame(base::ByteSpan header, std::uint8_t id, std::uint16_t number) {
  const auto view = wire::RtpView::parse(header);
  const auto value = view ? view->extension({id}) : std::nullopt;
  if (value) wire::set_frame_number(header.subspan(std::size_t(value->data() - header.data()), value->size()), number);
}

base::ByteView one_byte(const std::optional<std::uint8_t>& value) {
  return value ? base::ByteView(&*value, 1) : base::ByteView();
}
}  // namespace

std::size_t Transport::seal_and_commit(base::ByteSpan buffer, std::size_t filled, base::ByteView rest, Outbox& out) {
  if (filled + rest.size() + crypto::kSrtpMaxOverhead > buffer.size()) return 0;
  const auto sealed = channel_->protect_rtp(buffer, filled, rest);
  if (!sealed) return 0;
  out.commit(*ice_.selected(), *sealed);
  pacer_.sent(*sealed);
  return *sealed;
}

void Transport::fetch_ahead(SenderIndex index) const {
  base::prefetch(senders_[index.value].get());
  base::prefetch(channel_.get(), 2 * base::cache_line);
  sent_.fetch_ahead();
}

void Transport::fetch_channel() const {
  if (channel_) channel_->fetch_ahead();
}

std::size_t Transport::send(SenderIndex index, const OutgoingRtp& packet, base::Instant now, Outbox& out) {
  auto* stream = senders_[index.value].get();
  if (!stream || !can_send()) return 0;
  const auto& plan = stream->plan();
  if (packet.retransmission && !plan.rtx_ssrc) return 0;
  const auto buffer = out.begin();
  if (buffer.empty()) return 0;

  const auto type = packet.redundant ? plan.red_payload_type.value_or(plan.payload_type) : plan.payload_type;
  wire::RtpHeader header{{type}, packet.marker, packet.seq, packet.time, {plan.ssrc}};
  if (packet.retransmission) {
    header.payload_type = {*plan.rtx_payload_type};
    header.ssrc = {*plan.rtx_ssrc};
    header.sequence = stream->next_rtx_seq();
  }
  Extensions extensions(plan, sent_.next(), now);
  extensions.add(plan.extensions.audio_level, one_byte(packet.audio_level));
  extensions.add(plan.extensions.orientation, one_byte(packet.orientation));
  for_each_extra(packet.extras,
                 [&](Extra extra, base::ByteView value) { extensions.add(id_of(extra, plan.extensions), value); });
  auto filled = wire::write_rtp_header(buffer, header, extensions.view());
  if (filled == 0 || filled + 2 + packet.head.size() > buffer.size()) return 0;
  if (plan.extensions.dependency) number_frame(buffer.first(filled), plan.extensions.dependency, packet.frame_number);
  if (packet.retransmission) {  // RFC 4588 §4: the original sequence number goes before the payload
    base::store_u16(&buffer[filled], packet.seq.value);
    filled += 2;
  }
  std::ranges::copy(packet.head, buffer.begin() + std::ptrdiff_t(filled));
  filled += packet.head.size();

  const auto size = seal_and_commit(buffer, filled, packet.rest, out);
  if (size == 0) return 0;
  if (!packet.retransmission) stream->on_sent(packet.head.size() + packet.rest.size());
  if (plan.extensions.transport_wide) sent_.add({std::uint32_t(size), packet.probe}, now);
  return size;
}

std::size_t Transport::send_probe(std::size_t size, std::uint32_t probe, base::Instant now, Outbox& out) {
  if (!can_send() || !may_probe_) return 0;
  const auto buffer = out.begin();
  if (buffer.empty()) return 0;
  const wire::RtpHeader header{{probator_.payload_type}, false, probe_seq_, {0}, {probator_.ssrc}};
  const Extensions extensions(probator_, sent_.next(), now);
  const auto filled = wire::write_rtp_header(buffer, header, extensions.view());
  const auto total = std::clamp(size, filled + 1, max_datagram_size - crypto::kSrtpMaxOverhead - 100);
  std::fill(buffer.begin() + std::ptrdiff_t(filled), buffer.begin() + std::ptrdiff_t(total), std::uint8_t(0));
  const auto sealed = seal_and_commit(buffer, total, {}, out);
  if (sealed == 0) return 0;
  probe_seq_ = probe_seq_ + 1;
  if (probator_.extensions.transport_wide) sent_.add({std::uint32_t(sealed), probe}, now);
  return sealed;
}

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
  deadline = std::min({deadline, next_report_, next_data_deadline()});
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

template <class Write>
void Transport::send_rtcp(Outbox& out, Write&& write) {
  const auto buffer = out.begin();
  if (buffer.empty()) return;
  base::ByteWriter writer(buffer.first(rtcp_room));
  write(writer);
  if (!writer.ok() || writer.size() == 0) return;
  const auto sealed = channel_->protect_rtcp(buffer, writer.size());
  if (sealed) out.commit(*ice_.selected(), *sealed);
}

void Transport::send_arrivals(base::Instant now, Outbox& out) {
  if (!arrivals_ || arrivals_->empty() || now < next_arrivals_) return;
  for (int i = 0; i < 16 && !arrivals_->empty(); ++i) {  // 16 reports cover the whole log
    send_rtcp(out, [&](base::ByteWriter& writer) { arrivals_->write(writer, own_ssrc, arrivals_media_); });
  }
  next_arrivals_ = now + twcc_interval;
}

void Transport::send_repairs(base::Instant now, Outbox& out) {
  for (const auto& receiver : receivers_) {
    if (!receiver || receiver->paused) continue;
    for (std::size_t i = 0; i < receiver->size(); ++i) {
      auto& stream = receiver->encoding(i).stream;
      if (!stream || stream->next_deadline() > now) continue;
      to_nack_.clear();
      stream->collect_nacks(now, to_nack_);
      if (to_nack_.empty()) continue;
      send_rtcp(out, [&](base::ByteWriter& writer) {
        wire::write_nack(writer, {own_ssrc, stream->config().ssrc}, to_nack_);
      });
    }
  }
}

void Transport::send_keyframe_requests(base::Instant now, Outbox& out) {
  for (const auto& receiver : receivers_) {
    if (!receiver || receiver->paused) continue;
    for (std::size_t i = 0; i < receiver->size(); ++i) {
      auto& encoding = receiver->encoding(i);
      if (!encoding.ssrc || !encoding.keyframe.due(now, encoding.stream->rtt())) continue;
      ++encoding.keyframe_requests;
      send_rtcp(out, [&](base::ByteWriter& writer) { wire::write_pli(writer, {own_ssrc, *encoding.ssrc}); });
    }
  }
}

// Receiver reports for what we receive, sender reports (with the names, RFC 3550 §6.5) for what we send.
void Transport::send_reports(base::Instant now, Outbox& out) {
  if (now < next_report_) return;
  next_report_ = now + report_interval;
  std::array<wire::ReportBlock, wire::kMaxRtcpCount> blocks;
  std::size_t count = 0;
  for (const auto& receiver : receivers_) {
    if (!receiver) continue;
    for (std::size_t i = 0; i < receiver->size() && count < blocks.size(); ++i) {
      if (auto& stream = receiver->encoding(i).stream; stream && stream->highest())
        blocks[count++] = stream->report(now);
    }
  }
  if (count > 0) {
    send_rtcp(out, [&](base::ByteWriter& writer) {
      wire::write_receiver_report(writer, own_ssrc, std::span(blocks).first(count));
    });
  }
  for (const auto& stream : senders_) {
    const auto info = stream ? stream->make_sender_report(now) : std::nullopt;
    if (!info) continue;
    send_rtcp(out, [&](base::ByteWriter& writer) {
      wire::write_sender_report(writer, *info, {});
      wire::write_sdes(writer, info->ssrc, stream->plan().cname);
    });
  }
}

}  // namespace greenroom::rtc
