// Datagrams in: what they are, who they are for, what a subscriber reports.
#include "rtc/transport.hpp"
#include "wire/rtp_extensions.hpp"

namespace greenroom::rtc {

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

void Transport::fetch_report_ahead(int step) const {
  if (step == 0) {
    base::prefetch(channel_.get(), base::cache_line);
    bandwidth_.fetch_ahead(0);
    return sent_.fetch_behind();
  }
  if (step == 1) bandwidth_.fetch_ahead(1);
  if (channel_) channel_->fetch_ahead(crypto::SecureChannel::Coming::unprotect_rtcp, step - 1);
}

DropReason Transport::handle_rtcp(base::ByteSpan datagram, base::Instant now, Reported& reported) {
  reported.feedback.clear();
  reported.nacked.clear();
  if (!channel_) return DropReason::unexpected;
  const auto size = channel_->unprotect_rtcp(datagram);
  if (!size) return size.error() == crypto::Drop::malformed ? DropReason::malformed : DropReason::forged;
  wire::RtcpReader reader(datagram.first(*size));
  while (const auto packet = reader.next()) on_rtcp(*packet, now, reported);
  return reader.ok() ? DropReason::none : DropReason::malformed;
}

void Transport::on_rtcp(const wire::RtcpPacket& packet, base::Instant now, Reported& reported) {
  if (const auto* sr = std::get_if<wire::SenderReport>(&packet)) {
    on_sender_info(sr->info, now, reported);
    for (const auto block : sr->blocks) on_block(block, now);
  } else if (const auto* rr = std::get_if<wire::ReceiverReport>(&packet)) {
    for (const auto block : rr->blocks) on_block(block, now);
  } else if (const auto* nack = std::get_if<wire::Nack>(&packet)) {
    on_nack(*nack, reported);
  } else if (const auto* pli = std::get_if<wire::Pli>(&packet)) {
    on_keyframe_wanted(pli->ids.media, reported);
  } else if (const auto* fir = std::get_if<wire::Fir>(&packet)) {
    for (const auto item : fir->items) on_keyframe_wanted(item.ssrc, reported);
  } else if (const auto* feedback = std::get_if<wire::TransportFeedback>(&packet)) {
    reported.samples.clear();
    sent_.match(*feedback, reported.samples);
    bandwidth_.on_feedback(reported.samples, now);
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

void Transport::on_sender_info(const wire::SenderInfo& info, base::Instant now, Reported& reported) {
  for (std::size_t i = 0; i < receivers_.size(); ++i) {
    if (!receivers_[i]) continue;
    for (std::size_t e = 0; e < receivers_[i]->size(); ++e) {
      auto& encoding = receivers_[i]->encoding(e);
      if (encoding.ssrc != info.ssrc) continue;
      encoding.stream->accept_sender_report(info, now);
      reported.feedback.push_back(SenderReportFeedback{{std::uint16_t(i)}, std::uint8_t(e)});
    }
  }
}

void Transport::on_nack(const wire::Nack& nack, Reported& reported) const {
  const auto index = sender_of(nack.ids.media);
  if (!index) return;
  const auto first = std::uint32_t(reported.nacked.size());
  nack.for_each([&](wire::SeqNo seq) {
    if (reported.nacked.size() < max_nacks) reported.nacked.push_back(seq);
  });
  reported.feedback.push_back(NackFeedback{*index, first, std::uint32_t(reported.nacked.size()) - first});
}

void Transport::on_keyframe_wanted(wire::Ssrc ssrc, Reported& reported) const {
  if (const auto index = sender_of(ssrc)) reported.feedback.push_back(KeyframeFeedback{*index});
}

std::optional<SenderIndex> Transport::sender_of(wire::Ssrc ssrc) const {
  for (std::size_t i = 0; i < senders_.size(); ++i) {
    if (senders_[i] && senders_[i]->plan().ssrc == ssrc.value) return SenderIndex{std::uint16_t(i)};
  }
  return std::nullopt;
}

}  // namespace greenroom::rtc
