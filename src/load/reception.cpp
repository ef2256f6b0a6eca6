#include "load/reception.hpp"

#include <algorithm>

#include "load/payload.hpp"
#include "wire/rtcp.hpp"
#include "wire/rtp.hpp"
#include "wire/rtp_extensions.hpp"

namespace greenroom::load {
namespace {
constexpr base::Duration receiver_report_interval = std::chrono::seconds(1);
constexpr wire::Ssrc own_ssrc{1};  // of our RTCP
constexpr std::uint8_t padding_bit = 0x20;

// The header of a sealed packet: the padding that its P bit announces is not readable yet.
std::optional<wire::RtpView> peek(base::ByteSpan datagram) {
  const auto first = datagram[0];
  datagram[0] &= std::uint8_t(~padding_bit);
  const auto view = wire::RtpView::parse(datagram);
  datagram[0] = first;
  return view;
}
}  // namespace

void Reception::add(const StreamNumbers& numbers, base::Instant asked) {
  if (streams_.size() == streams_max) return;
  if (numbers.transport_wide_id) transport_wide_id_ = numbers.transport_wide_id;
  const rtc::ReceiveStream::Config config{{numbers.ssrc}, {numbers.clock_rate}, numbers.rtx_ssrc != 0};
  streams_.push_back({numbers, rtc::ReceiveStream(config), asked, {}, false});
}

Reception::Stream* Reception::stream_of(std::uint32_t ssrc, bool& rtx) {
  for (auto& stream : streams_) {
    rtx = stream.numbers.rtx_ssrc == ssrc;
    if (rtx || stream.numbers.ssrc == ssrc) return &stream;
  }
  return nullptr;
}

void Reception::take_rtp(Link& link, base::ByteSpan datagram, const net::UdpArrival& arrival) {
  const auto ssrc = wire::peek_rtp_ssrc(datagram);
  if (!ssrc) return;
  note_arrival(datagram, arrival.came);
  bool rtx = false;
  auto* stream = stream_of(ssrc->value, rtx);
  if (!stream)
    ++tally_.probes;
  else if (rtx)
    take_repair(*stream, link, datagram, arrival.read);
  else
    take_original(*stream, link, datagram, arrival);
}

void Reception::note_arrival(base::ByteSpan datagram, base::Instant now) {
  if (transport_wide_id_ == 0 || arrivals_.size() == arrivals_max) return;
  const auto view = peek(datagram);
  const auto value = view ? view->extension({transport_wide_id_}) : std::nullopt;
  if (const auto seq = value ? wire::decode_transport_sequence(*value) : std::nullopt)
    arrivals_.push_back({transport_sequence_.unwrap(*seq), now});
}

void Reception::take_original(Stream& stream, Link& link, base::ByteSpan datagram, const net::UdpArrival& arrival) {
  const auto size = datagram.size();
  if (checked_) {
    const auto opened = link.channel().unprotect_rtp(datagram);
    if (!opened) return void(++tally_.forged);
    datagram = datagram.first(*opened);
  }
  const auto view = checked_ ? wire::RtpView::parse(datagram) : peek(datagram);
  if (!view) return void(++tally_.forged);
  accept(stream, {view->sequence(), view->timestamp(), size, false}, arrival.read);
  if (checked_) look_into(stream, view->payload(), arrival);
}

void Reception::take_repair(Stream& stream, Link& link, base::ByteSpan datagram, base::Instant now) {
  const auto opened = link.channel().unprotect_rtp(datagram);
  if (!opened) return void(++tally_.forged);
  const auto original =
      wire::unwrap_rtx(datagram.first(*opened), {{stream.numbers.payload_type}, {stream.numbers.ssrc}});
  if (!original) return void(++tally_.probes);
  const auto view = wire::RtpView::parse(*original);
  if (view) accept(stream, {view->sequence(), view->timestamp(), datagram.size(), true}, now);
}

void Reception::accept(Stream& stream, const rtc::ReceiveStream::Packet& packet, base::Instant now) {
  const auto accepted = stream.stream.accept(packet, now);
  if (accepted.duplicate) return void(++tally_.duplicates);
  ++tally_.received, tally_.received_bytes += packet.size;
  if (packet.retransmitted) ++tally_.recovered;
  if (accepted.late) ++tally_.late;
  if (stream.stream.next_deadline() != base::Instant::max()) wants_repair_ = true;
  if (stream.begun) return;
  stream.begun = true;
  ++flowing_;
  waits_.push_back(now - stream.asked);
}

void Reception::look_into(Stream& stream, base::ByteView payload, const net::UdpArrival& arrival) {
  ++tally_.opened;
  const auto stamp = read_stamp(payload);
  if (!stamp) return void(++tally_.out_of_line);
  if (stream.last_number && stamp->number != *stream.last_number + 1) ++tally_.out_of_line;
  stream.last_number = stamp->number;
  if (arrival.stamp && *arrival.stamp >= stamp->sent)
    latency_us_.add(std::uint32_t((*arrival.stamp - stamp->sent).count()));
}

void Reception::take_rtcp(Link& link, base::ByteSpan datagram, base::Instant now) {
  const auto opened = link.channel().unprotect_rtcp(datagram);
  if (!opened) return void(++tally_.forged);
  wire::RtcpReader reader(datagram.first(*opened));
  while (const auto packet = reader.next()) {
    const auto* report = std::get_if<wire::SenderReport>(&*packet);
    if (!report) continue;
    for (auto& stream : streams_)
      if (stream.numbers.ssrc == report->info.ssrc.value) stream.stream.accept_sender_report(report->info, now);
  }
}

void Reception::service(Link& link, base::Instant now) {
  send_arrivals(link);
  send_reports(link, now);
  if (wants_repair_) repair(link, now);
}

void Reception::send_arrivals(Link& link) {
  if (arrivals_.empty()) return;
  const auto order = [](const Arrived& a, const Arrived& b) { return a.seq < b.seq; };
  if (!std::ranges::is_sorted(arrivals_, order)) std::ranges::stable_sort(arrivals_, order);
  for (std::size_t at = 0; at < arrivals_.size();) {
    wire::TransportFeedbackBuilder builder;
    builder.start(arrivals_[at].seq, arrivals_[at].at);
    for (++at; at < arrivals_.size(); ++at) {
      const bool again = arrivals_[at].seq == arrivals_[at - 1].seq;
      if (!again && !builder.add(arrivals_[at].seq, arrivals_[at].at)) break;
    }
    link.send_rtcp([&](base::ByteWriter& writer) {
      builder.write(writer, own_ssrc, {streams_.front().numbers.ssrc}, feedback_count_++);
    });
    ++tally_.feedbacks;
  }
  arrivals_.clear();
}

void Reception::send_reports(Link& link, base::Instant now) {
  if (now < next_report_) return;
  next_report_ = now + receiver_report_interval;
  std::array<wire::ReportBlock, wire::max_rtcp_count> blocks;
  std::size_t count = 0;
  for (auto& stream : streams_)
    if (stream.begun && count < blocks.size()) blocks[count++] = stream.stream.report(now);
  if (count == 0) return;
  link.send_rtcp(
      [&](base::ByteWriter& writer) { wire::write_receiver_report(writer, own_ssrc, std::span(blocks).first(count)); });
}

bool Reception::repair(Link& link, base::Instant now) {
  bool left = false;
  std::vector<wire::SeqNo> missing;
  missing.reserve(rtc::nack_max_missing);
  for (auto& stream : streams_) {
    if (stream.stream.next_deadline() <= now) {
      missing.clear();
      stream.stream.collect_nacks(now, missing);
      tally_.nacked += missing.size();
      if (!missing.empty())
        link.send_rtcp([&](base::ByteWriter& writer) {
          wire::write_nack(writer, {own_ssrc, {stream.numbers.ssrc}}, missing);
        });
    }
    left = left || stream.stream.next_deadline() != base::Instant::max();
  }
  return wants_repair_ = left;
}

std::int64_t Reception::lost() const {
  std::int64_t total = 0;
  for (const auto& stream : streams_) total += stream.stream.lost();
  return total;
}

}  // namespace greenroom::load
