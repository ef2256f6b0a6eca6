#include "wire/rtcp.hpp"

#include <algorithm>

namespace greenroom::wire {
namespace {

constexpr std::uint8_t packet_sr = 200, packet_rr = 201, packet_sdes = 202, packet_bye = 203,
                       packet_transport_layer = 205, packet_payload_specific = 206;
constexpr std::uint8_t format_nack = 1, format_transport_feedback = 15;          // of 205
constexpr std::uint8_t format_pli = 1, format_fir = 4, format_application = 15;  // of 206
constexpr std::uint32_t remb_name = 0x52454D42;                                  // "REMB"
constexpr std::uint8_t sdes_end = 0, sdes_cname = 1;
constexpr std::int64_t ntp_to_unix_seconds = 2'208'988'800;

std::optional<RtcpPacket> parse_sender_report(std::size_t count, base::ByteView body) {
  base::ByteReader reader(body);
  SenderReport report;
  report.info.ssrc = {reader.u32()};
  report.info.ntp = {reader.u64()};
  report.info.rtp_time = {reader.u32()};
  report.info.packets = reader.u32();
  report.info.octets = reader.u32();
  report.blocks = WireList<ReportBlock>(reader.take(count * ReportBlock::wire_size));
  if (!reader.ok()) return std::nullopt;
  return report;
}

std::optional<RtcpPacket> parse_receiver_report(std::size_t count, base::ByteView body) {
  base::ByteReader reader(body);
  ReceiverReport report;
  report.sender = {reader.u32()};
  report.blocks = WireList<ReportBlock>(reader.take(count * ReportBlock::wire_size));
  if (!reader.ok()) return std::nullopt;
  return report;
}

// One chunk: an SSRC, items, a zero, and padding to the next multiple of four (RFC 3550 §6.5).
std::optional<Sdes> parse_sdes_chunk(base::ByteReader& reader) {
  Sdes chunk;
  chunk.ssrc = {reader.u32()};
  for (std::uint8_t type = reader.u8(); type != sdes_end; type = reader.u8()) {
    const auto text = reader.take(reader.u8());
    if (type == sdes_cname && chunk.cname.empty()) chunk.cname = base::as_text(text);
  }
  reader.skip((4 - reader.position() % 4) % 4);
  if (!reader.ok()) return std::nullopt;
  return chunk;
}

std::optional<RtcpPacket> parse_sdes(std::size_t count, base::ByteView body) {
  base::ByteReader reader(body);
  Sdes first;
  for (std::size_t i = 0; i < count; ++i) {
    const auto chunk = parse_sdes_chunk(reader);
    if (!chunk) return std::nullopt;
    if (first.cname.empty()) first = *chunk;
  }
  return first;
}

std::optional<RtcpPacket> parse_bye(std::size_t count, base::ByteView body) {
  base::ByteReader reader(body);
  Bye bye;
  bye.sources = WireList<SsrcRecord>(reader.take(count * SsrcRecord::wire_size));
  if (reader.left() > 0) bye.reason = base::as_text(reader.take(reader.u8()));
  if (!reader.ok()) return std::nullopt;
  return bye;
}

std::optional<RtcpPacket> parse_nack(const FeedbackIds& ids, base::ByteView control) {
  if (control.empty() || control.size() % NackItem::wire_size != 0) return std::nullopt;
  return Nack{ids, WireList<NackItem>(control)};
}

std::optional<RtcpPacket> parse_fir(const FeedbackIds& ids, base::ByteView control) {
  if (control.empty() || control.size() % FirItem::wire_size != 0) return std::nullopt;
  return Fir{ids.sender, WireList<FirItem>(control)};
}

std::optional<RtcpPacket> parse_remb(const FeedbackIds& ids, base::ByteView control) {
  base::ByteReader reader(control);
  if (reader.u32() != remb_name) return OtherRtcp{packet_payload_specific, format_application};
  const std::size_t count = reader.u8();
  const std::uint32_t packed = reader.u24();
  const std::uint64_t mantissa = packed & 0x3FFFF;
  const int exponent = int(packed >> 18);
  const auto sources = reader.take(count * SsrcRecord::wire_size);
  // What does not fit 63 bits is no bit rate of this world.
  if (!reader.ok() || mantissa > std::uint64_t(INT64_MAX) >> exponent) return std::nullopt;
  return Remb{ids.sender, {std::int64_t(mantissa << exponent)}, WireList<SsrcRecord>(sources)};
}

std::optional<RtcpPacket> parse_transport_feedback(base::ByteView body) {
  const auto feedback = TransportFeedback::parse(body);
  if (!feedback) return std::nullopt;
  return *feedback;
}

std::optional<RtcpPacket> parse_feedback(std::uint8_t type, std::uint8_t format, base::ByteView body) {
  base::ByteReader reader(body);
  const FeedbackIds ids{{reader.u32()}, {reader.u32()}};
  if (!reader.ok()) return std::nullopt;
  const auto control = reader.rest();
  if (type == packet_transport_layer) {
    if (format == format_nack) return parse_nack(ids, control);
    if (format == format_transport_feedback) return parse_transport_feedback(body);
  } else {
    if (format == format_pli) return Pli{ids};
    if (format == format_fir) return parse_fir(ids, control);
    if (format == format_application) return parse_remb(ids, control);
  }
  return OtherRtcp{type, format};
}

std::optional<RtcpPacket> parse_packet(std::uint8_t type, std::uint8_t count, base::ByteView body) {
  switch (type) {
    case packet_sr:
      return parse_sender_report(count, body);
    case packet_rr:
      return parse_receiver_report(count, body);
    case packet_sdes:
      return parse_sdes(count, body);
    case packet_bye:
      return parse_bye(count, body);
    case packet_transport_layer:
    case packet_payload_specific:
      return parse_feedback(type, count, body);
    default:
      return OtherRtcp{type, count};
  }
}

// A packet's body without its padding; nothing when the padding contradicts the size.
std::optional<base::ByteView> unpadded(base::ByteView body, bool padded) {
  if (!padded) return body;
  if (body.empty() || body.back() == 0 || body.back() > body.size()) return std::nullopt;
  return body.first(body.size() - body.back());
}

// `size` is of the body in bytes, a multiple of four.
void write_head(base::ByteWriter& out, std::uint8_t type, std::size_t count_or_format, std::size_t size) {
  out.u8(std::uint8_t(0x80 | count_or_format)), out.u8(type), out.u16(std::uint16_t(size / 4));
}

template <class T>
std::span<const T> at_most(std::span<const T> list, std::size_t count) {
  return list.first(std::min(list.size(), count));
}

void write_blocks(base::ByteWriter& out, std::span<const ReportBlock> blocks) {
  for (const auto& b : blocks) {
    out.u32(b.ssrc.value), out.u8(b.fraction_lost), out.u24(std::uint32_t(b.packets_lost) & 0xFFFFFF);
    out.u32(b.highest_seq), out.u32(b.jitter), out.u32(b.last_sr), out.u32(b.delay_since_last_sr);
  }
}

}  // namespace

NtpTime NtpTime::from(base::WallTime t) {
  const std::int64_t us = base::to_micros(t);
  const std::int64_t seconds = us / 1'000'000 - (us % 1'000'000 < 0 ? 1 : 0);
  const auto fraction = (std::uint64_t(us - seconds * 1'000'000) << 32) / 1'000'000;
  return {std::uint64_t(seconds + ntp_to_unix_seconds) << 32 | fraction};
}

base::WallTime NtpTime::wall() const {
  const std::int64_t seconds = std::int64_t(value >> 32) - ntp_to_unix_seconds;
  const std::uint64_t us = ((value & 0xFFFFFFFF) * 1'000'000 + (1ULL << 31)) >> 32;
  return base::wall_from_micros(seconds * 1'000'000 + std::int64_t(us));
}

std::uint32_t to_compact_ntp(base::Duration d) {
  return std::uint32_t(std::clamp<std::int64_t>(d.count() * 65536 / 1'000'000, 0, UINT32_MAX));
}
base::Duration from_compact_ntp(std::uint32_t v) { return base::Duration(std::int64_t(v) * 1'000'000 / 65536); }

ReportBlock ReportBlock::decode(const std::uint8_t* p) {
  ReportBlock b;
  b.ssrc = {base::load_u32(p)};
  b.fraction_lost = p[4];
  b.packets_lost = std::int32_t(base::load_u24(p + 5) << 8) >> 8;  // sign-extends 24 bits
  b.highest_seq = base::load_u32(p + 8);
  b.jitter = base::load_u32(p + 12);
  b.last_sr = base::load_u32(p + 16);
  b.delay_since_last_sr = base::load_u32(p + 20);
  return b;
}

std::optional<RtcpPacket> RtcpReader::next() {
  if (!ok_ || left_.empty()) return std::nullopt;
  base::ByteReader reader(left_);
  const std::uint8_t first = reader.u8();
  const std::uint8_t type = reader.u8();
  const auto whole_body = reader.take(std::size_t(reader.u16()) * 4);
  const auto body = unpadded(whole_body, (first & 0x20) != 0);
  ok_ = reader.ok() && first >> 6 == 2 && body;
  if (!ok_) return std::nullopt;
  left_ = reader.rest();
  auto packet = parse_packet(type, first & 0x1F, *body);
  ok_ = packet.has_value();
  return packet;
}

void write_sender_report(base::ByteWriter& out, const SenderInfo& info, std::span<const ReportBlock> blocks) {
  blocks = at_most(blocks, max_rtcp_count);
  write_head(out, packet_sr, blocks.size(), 24 + blocks.size() * ReportBlock::wire_size);
  out.u32(info.ssrc.value), out.u64(info.ntp.value), out.u32(info.rtp_time.value);
  out.u32(info.packets), out.u32(info.octets);
  write_blocks(out, blocks);
}

void write_receiver_report(base::ByteWriter& out, Ssrc sender, std::span<const ReportBlock> blocks) {
  blocks = at_most(blocks, max_rtcp_count);
  write_head(out, packet_rr, blocks.size(), 4 + blocks.size() * ReportBlock::wire_size);
  out.u32(sender.value);
  write_blocks(out, blocks);
}

void write_sdes(base::ByteWriter& out, Ssrc ssrc, std::string_view cname) {
  cname = cname.substr(0, 255);
  const std::size_t used = 4 + 2 + cname.size();
  const std::size_t size = (used + 1 + 3) / 4 * 4;  // at least one zero ends the items
  write_head(out, packet_sdes, 1, size);
  out.u32(ssrc.value), out.u8(sdes_cname), out.u8(std::uint8_t(cname.size())), out.bytes(base::as_bytes(cname));
  out.zeros(size - used);
}

void write_bye(base::ByteWriter& out, std::span<const Ssrc> sources, std::string_view reason) {
  sources = at_most(sources, max_rtcp_count);
  reason = reason.substr(0, 255);
  const std::size_t text = reason.empty() ? 0 : (1 + reason.size() + 3) / 4 * 4;
  write_head(out, packet_bye, sources.size(), 4 * sources.size() + text);
  for (const auto ssrc : sources) out.u32(ssrc.value);
  if (reason.empty()) return;
  out.u8(std::uint8_t(reason.size())), out.bytes(base::as_bytes(reason)), out.zeros(text - 1 - reason.size());
}

namespace {

// The packets after `lost.front()` that one item can name too; `lost` loses those it names.
NackItem take_item(std::span<const SeqNo>& lost) {
  NackItem item{lost.front(), 0};
  lost = lost.subspan(1);
  for (; !lost.empty(); lost = lost.subspan(1)) {
    const int ahead = distance(lost.front(), item.pid);
    if (ahead < 1 || ahead > 16) break;
    item.mask = std::uint16_t(item.mask | 1 << (ahead - 1));
  }
  return item;
}

}  // namespace

void write_nack(base::ByteWriter& out, const FeedbackIds& ids, std::span<const SeqNo> lost) {
  std::size_t count = 0;
  for (auto left = lost; !left.empty(); ++count) take_item(left);
  write_head(out, packet_transport_layer, format_nack, 8 + count * NackItem::wire_size);
  out.u32(ids.sender.value), out.u32(ids.media.value);
  while (!lost.empty()) {
    const NackItem item = take_item(lost);
    out.u16(item.pid.value), out.u16(item.mask);
  }
}

void write_pli(base::ByteWriter& out, const FeedbackIds& ids) {
  write_head(out, packet_payload_specific, format_pli, 8);
  out.u32(ids.sender.value), out.u32(ids.media.value);
}

void write_fir(base::ByteWriter& out, Ssrc sender, const FirItem& item) {
  write_head(out, packet_payload_specific, format_fir, 8 + FirItem::wire_size);
  out.u32(sender.value), out.u32(0);  // RFC 5104 §4.3.1.2: the media source is 0
  out.u32(item.ssrc.value), out.u8(item.command_seq), out.u24(0);
}

void write_remb(base::ByteWriter& out, Ssrc sender, base::Bitrate bitrate, std::span<const Ssrc> sources) {
  sources = at_most(sources, 255);
  auto mantissa = std::uint64_t(std::max<std::int64_t>(bitrate.bps, 0));
  std::uint32_t exponent = 0;
  for (; mantissa > 0x3FFFF; mantissa >>= 1) ++exponent;
  write_head(out, packet_payload_specific, format_application, 16 + 4 * sources.size());
  out.u32(sender.value), out.u32(0), out.u32(remb_name);
  out.u8(std::uint8_t(sources.size())), out.u24(exponent << 18 | std::uint32_t(mantissa));
  for (const auto ssrc : sources) out.u32(ssrc.value);
}

}  // namespace greenroom::wire
