#include "load/publication.hpp"

#include "net/clock.hpp"
#include "wire/rtcp.hpp"
#include "wire/rtp_extensions.hpp"

namespace greenroom::load {
namespace {
constexpr base::Duration sender_report_interval = std::chrono::seconds(1);
constexpr std::size_t packet_room = 1500;

// The stamps' clock is the one that the kernel stamps arrivals with.
base::WallTime stamp_clock() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return base::WallTime(std::chrono::duration_cast<base::Duration>(now));
}
}  // namespace

Publication::Publication(const Traffic& traffic, StreamNumbers numbers, base::Rng& rng)
    : traffic_(traffic), numbers_(std::move(numbers)) {
  seq_ = {std::uint16_t(rng.below(1 << 15))};  // crypto/srtp.hpp says why
  time_ = {rng.u32()};
  picture_ = std::uint16_t(rng.below(1 << 15));
}

std::size_t Publication::write(const Sent& packet, bool again, Link& link, base::ByteSpan out, base::Instant now) {
  const auto sequence = wire::encode_transport_sequence({link.next_transport_sequence()});
  const auto send_time = wire::encode_abs_send_time(now);
  const auto level = wire::encode_audio_level({true, 30});
  const std::array<wire::ExtensionValue, 4> extensions{
      wire::ExtensionValue{{numbers_.mid_id}, base::as_bytes(numbers_.mid)},
      wire::ExtensionValue{{numbers_.abs_send_time_id}, send_time},
      wire::ExtensionValue{{numbers_.transport_wide_id}, sequence},
      wire::ExtensionValue{{numbers_.kind == wire::MediaKind::audio ? numbers_.audio_level_id : std::uint8_t(0)},
                           level}};
  const wire::RtpHeader header{{again ? numbers_.rtx_payload_type : numbers_.payload_type},
                               packet.marker,
                               again ? rtx_seq_ : packet.seq,
                               packet.time,
                               {again ? numbers_.rtx_ssrc : numbers_.ssrc}};
  auto size = wire::write_rtp_header(out, header, extensions);
  const auto payload_size = traffic_.packet_size - size;
  if (again) {
    base::store_u16(&out[size], packet.seq.value);
    size += 2, rtx_seq_ = rtx_seq_ + 1;
  }
  const auto payload = out.subspan(size, payload_size);
  write_payload(payload, packet.head);
  write_stamp(payload, packet.stamp);
  octets_ += std::uint32_t(payload_size);
  const auto sealed = link.channel().protect_rtp(out, size + payload_size);
  return sealed.value_or(0);
}

void Publication::send_burst(Link& link, base::Instant now, int stretch, Tally& tally) {
  std::array<std::array<std::uint8_t, packet_room>, burst_max> buffers;
  std::array<base::ByteView, burst_max> datagrams;
  const auto count = std::min<std::size_t>(traffic_.packets, burst_max);
  for (std::size_t i = 0; i < count; ++i) {
    auto& packet = sent_[seq_.value % memory];
    const bool last = i + 1 == count;
    packet = {{numbers_.kind, i == 0, keyframe_, picture_}, {stamp_clock(), number_++}, time_, seq_, last};
    datagrams[i] = base::ByteView(buffers[i]).first(write(packet, false, link, buffers[i], now));
    seq_ = seq_ + 1;
  }
  link.send(std::span(datagrams).first(count));
  tally.sent += count;
  keyframe_ = false;
  picture_ = std::uint16_t((picture_ + 1) & 0x7fff);
  time_ = time_ + std::int64_t(stretch) * numbers_.clock_rate / traffic_.bursts_per_second;
  const base::Duration interval{std::int64_t(stretch) * 1'000'000 / traffic_.bursts_per_second};
  next_burst_ = std::max(next_burst_ + interval, now - interval);  // what was missed is not made up for in one go
}

void Publication::resend(Link& link, wire::SeqNo seq, base::Instant now, Tally& tally) {
  const auto& packet = sent_[seq.value % memory];
  ++tally.asked;
  if (packet.seq != seq || numbers_.rtx_ssrc == 0) return;
  std::array<std::uint8_t, packet_room> buffer;
  link.send(base::ByteView(buffer).first(write(packet, true, link, buffer, now)));
}

void Publication::report(Link& link, base::Instant now) {
  if (now < next_report_ || number_ == 0) return;
  next_report_ = now + sender_report_interval;
  link.send_rtcp([&](base::ByteWriter& writer) {
    const wire::Ssrc ssrc{numbers_.ssrc};
    wire::write_sender_report(writer, {ssrc, wire::NtpTime::from(net::wall_now()), time_, number_, octets_}, {});
    wire::write_sdes(writer, ssrc, "load");
  });
}

}  // namespace greenroom::load
