// Packets out: header, payload and seal, straight into the outbox.
#include <algorithm>
#include <boost/container/static_vector.hpp>

#include "base/prefetch.hpp"
#include "rtc/header_extras.hpp"
#include "rtc/transport.hpp"
#include "wire/dependency_descriptor.hpp"
#include "wire/rtp_extensions.hpp"

namespace greenroom::rtc {
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
    if (id != 0 && !value.empty()) list.push_back({{id}, value});
  }

  std::array<std::uint8_t, 3> send_time;
  std::array<std::uint8_t, 2> transport;
  boost::container::static_vector<wire::ExtensionValue, 5 + 3> list;  // named ones and extras
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

std::size_t Transport::seal_and_commit(base::ByteSpan buffer, std::size_t size, Outbox& out) {
  const auto sealed = channel_->protect_rtp(buffer, size);
  if (!sealed) return 0;
  out.commit(*ice_.selected(), *sealed);
  pacer_.sent(*sealed);
  return *sealed;
}

void Transport::fetch_ahead(int step, SenderIndex index) const {
  if (step == 0) {
    base::prefetch(&senders_[index.value]);
    base::prefetch(channel_.get(), base::cache_line);
    return sent_.fetch_ahead();
  }
  if (step == 1) base::prefetch(senders_[index.value].get(), SendStream::at_hand);
  if (channel_) channel_->fetch_ahead(crypto::SecureChannel::Coming::protect_rtp, step - 1);
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
  bool is_numbered = false;
  for_each_extra(packet.extras, [&](Extra extra, base::ByteView value) {
    const auto id = id_of(extra, plan.extensions);
    extensions.add(id, value);
    is_numbered |= extra == Extra::dependency && id != 0;
  });
  auto filled = wire::write_rtp_header(buffer, header, extensions.list);
  const auto payload_size = packet.head.size() + packet.rest.size();
  if (filled == 0 || filled + 2 + payload_size > buffer.size()) return 0;
  if (is_numbered) number_frame(buffer.first(filled), plan.extensions.dependency, packet.frame_number);
  if (packet.retransmission) {  // RFC 4588 §4: the original sequence number goes before the payload
    base::store_u16(&buffer[filled], packet.seq.value);
    filled += 2;
  }
  // In one piece: sealing it in place at once takes less time than copying it takes more.
  base::copy(packet.rest, base::copy(packet.head, &buffer[filled]));

  const auto size = seal_and_commit(buffer, filled + payload_size, out);
  if (size == 0) return 0;
  if (!packet.retransmission) stream->on_sent(payload_size);
  if (plan.extensions.transport_wide) sent_.add({std::uint32_t(size), packet.probe}, now);
  return size;
}

std::size_t Transport::send_probe(std::size_t size, std::uint32_t probe, base::Instant now, Outbox& out) {
  if (!can_send() || !may_probe_) return 0;
  const auto buffer = out.begin();
  if (buffer.empty()) return 0;
  const wire::RtpHeader header{{probator_.payload_type}, false, probe_seq_, {0}, {probator_.ssrc}};
  const Extensions extensions(probator_, sent_.next(), now);
  const auto filled = wire::write_rtp_header(buffer, header, extensions.list);
  const auto total = std::clamp(size, filled + 1, max_datagram_size - crypto::srtp_max_overhead - 100);
  std::fill(buffer.begin() + std::ptrdiff_t(filled), buffer.begin() + std::ptrdiff_t(total), std::uint8_t(0));
  const auto sealed = seal_and_commit(buffer, total, out);
  if (sealed == 0) return 0;
  probe_seq_ = probe_seq_ + 1;
  if (probator_.extensions.transport_wide) sent_.add({std::uint32_t(sealed), probe}, now);
  return sealed;
}

}  // namespace greenroom::rtc
