#include "wire/rtp.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace greenroom::wire {
namespace {

constexpr std::uint16_t one_byte_profile = 0xBEDE;  // RFC 8285 §4.2
constexpr std::uint16_t two_byte_profile = 0x1000;  // §4.3; the low four bits are the application's
constexpr std::uint8_t padding_bit = 0x20;
constexpr std::uint8_t extension_bit = 0x10;

bool lies_in(const std::array<std::uint8_t, 2>& range, std::uint8_t byte) {
  return byte >= range[0] && byte <= range[1];
}

bool is_two_byte(std::uint16_t profile) { return (profile & 0xFFF0) == two_byte_profile; }

}  // namespace

DatagramKind classify(base::ByteView datagram) {
  if (datagram.size() < 2) return DatagramKind::unknown;
  const std::uint8_t first = datagram[0];
  if (lies_in(stun_first_byte, first)) return DatagramKind::stun;
  if (first >= 20 && first <= 63) return DatagramKind::dtls;
  if (!lies_in(rtcp_first_byte, first)) return DatagramKind::unknown;
  return lies_in(rtcp_second_byte, datagram[1]) ? DatagramKind::rtcp : DatagramKind::rtp;
}

std::optional<Ssrc> peek_rtp_ssrc(base::ByteView packet) {
  if (packet.size() < rtp_fixed_header_size) return std::nullopt;
  return Ssrc{base::load_u32(&packet[8])};
}

std::optional<RtpView> RtpView::parse(base::ByteView packet) {
  if (packet.size() < rtp_fixed_header_size || packet[0] >> 6 != 2) return std::nullopt;
  RtpView view;
  view.packet_ = packet;
  base::ByteReader reader(packet);
  reader.skip(rtp_fixed_header_size + 4 * view.csrc_count());
  if (packet[0] & extension_bit) {
    const std::uint16_t profile = reader.u16();
    const std::size_t words = reader.u16();
    view.extensions_ = reader.take(4 * words);
    if (profile == one_byte_profile) view.form_ = ExtensionForm::one_byte;
    if (is_two_byte(profile)) view.form_ = ExtensionForm::two_byte;
  }
  if (!reader.ok()) return std::nullopt;
  view.header_size_ = reader.position();
  if (packet[0] & padding_bit) {
    view.padding_ = packet.back();
    if (view.padding_ == 0 || view.padding_ > reader.left()) return std::nullopt;
  }
  return view;
}

// Both forms pad with zero bytes between elements; id 15 of the one-byte form ends the block.
bool RtpView::next_element(std::size_t& at, Element& out) const {
  if (form_ == ExtensionForm::none) return false;
  const auto& e = extensions_;
  while (at < e.size() && e[at] == 0) ++at;
  if (at >= e.size()) return false;
  const bool one_byte = form_ == ExtensionForm::one_byte;
  if ((one_byte && e[at] >> 4 == 15) || (!one_byte && at + 1 >= e.size())) return false;
  out.id = {one_byte ? std::uint8_t(e[at] >> 4) : e[at]};
  const std::size_t size = one_byte ? (e[at] & 0x0FU) + 1U : e[at + 1];
  at += one_byte ? 1 : 2;
  if (size > e.size() - at) return false;
  out.value = e.subspan(at, size);
  at += size;
  return true;
}

std::optional<base::ByteView> RtpView::extension(ExtensionId id) const {
  if (id.value == 0) return std::nullopt;
  Element element;
  for (std::size_t at = 0; next_element(at, element);)
    if (element.id == id) return element.value;
  return std::nullopt;
}

void set_marker(base::ByteSpan packet, bool marker) {
  packet[1] = std::uint8_t((packet[1] & 0x7F) | (marker ? 0x80 : 0));
}
void set_payload_type(base::ByteSpan packet, PayloadType type) {
  packet[1] = std::uint8_t((packet[1] & 0x80) | (type.value & 0x7F));
}
void set_sequence(base::ByteSpan packet, SeqNo seq) { base::store_u16(&packet[2], seq.value); }
void set_timestamp(base::ByteSpan packet, RtpTime time) { base::store_u32(&packet[4], time.value); }
void set_ssrc(base::ByteSpan packet, Ssrc ssrc) { base::store_u32(&packet[8], ssrc.value); }

bool set_extension(base::ByteSpan packet, ExtensionId id, base::ByteView value) {
  const auto view = RtpView::parse(packet);
  const auto old = view ? view->extension(id) : std::nullopt;
  if (!old || old->size() != value.size()) return false;
  std::copy(value.begin(), value.end(), packet.begin() + (old->data() - packet.data()));
  return true;
}

base::ByteSpan strip_padding(base::ByteSpan packet) {
  if ((packet[0] & padding_bit) == 0) return packet;
  const std::size_t padding = std::min<std::size_t>(packet.back(), packet.size() - rtp_fixed_header_size);
  packet[0] &= std::uint8_t(~padding_bit);
  return packet.first(packet.size() - padding);
}

namespace {

bool is_used(const ExtensionValue& e) { return e.id.value != 0; }
bool fits_one_byte(const ExtensionValue& e) { return e.id.value <= 14 && !e.value.empty() && e.value.size() <= 16; }

// What is to be written of a list of elements.
struct ExtensionBlock {
  explicit ExtensionBlock(std::span<const ExtensionValue> list) {
    for (const auto& e : list) {
      GREENROOM_ASSERT(e.value.size() <= 255);
      if (!is_used(e)) continue;
      ++elements;
      values += e.value.size();
      one_byte &= fits_one_byte(e);
    }
  }
  std::size_t size() const { return elements * (one_byte ? 1 : 2) + values; }

  std::size_t elements = 0;
  std::size_t values = 0;  // bytes
  bool one_byte = true;
};

void write_element(base::ByteWriter& out, const ExtensionValue& e, bool one_byte) {
  if (one_byte) {
    out.u8(std::uint8_t(e.id.value << 4 | (e.value.size() - 1)));
  } else {
    out.u8(e.id.value), out.u8(std::uint8_t(e.value.size()));
  }
  out.bytes(e.value);
}

void write_extensions(base::ByteWriter& out, const ExtensionBlock& block, std::span<const ExtensionValue> list) {
  const std::size_t words = (block.size() + 3) / 4;
  out.u16(block.one_byte ? one_byte_profile : two_byte_profile), out.u16(std::uint16_t(words));
  for (const auto& e : list)
    if (is_used(e)) write_element(out, e, block.one_byte);
  out.zeros(words * 4 - block.size());
}

}  // namespace

std::size_t write_rtp_header(base::ByteSpan out, const RtpHeader& header, std::span<const ExtensionValue> extensions) {
  GREENROOM_ASSERT(extensions.size() <= max_extensions);
  const ExtensionBlock block(extensions);
  base::ByteWriter writer(out);
  writer.u8(std::uint8_t(0x80 | (block.elements > 0 ? extension_bit : 0)));
  writer.u8(std::uint8_t((header.marker ? 0x80 : 0) | (header.payload_type.value & 0x7F)));
  writer.u16(header.sequence.value);
  writer.u32(header.timestamp.value);
  writer.u32(header.ssrc.value);
  if (block.elements > 0) write_extensions(writer, block, extensions);
  return writer.ok() ? writer.size() : 0;
}

std::size_t write_rtp(base::ByteSpan out, const RtpHeader& header, std::span<const ExtensionValue> extensions,
                      base::ByteView payload) {
  const std::size_t header_size = write_rtp_header(out, header, extensions);
  if (header_size == 0 || payload.size() > out.size() - header_size) return 0;
  std::copy(payload.begin(), payload.end(), out.begin() + std::ptrdiff_t(header_size));
  return header_size + payload.size();
}

std::size_t add_padding(base::ByteSpan buffer, std::size_t size, std::uint8_t count) {
  if (count == 0 || size < rtp_fixed_header_size || size > buffer.size() || count > buffer.size() - size) return 0;
  std::fill_n(buffer.begin() + std::ptrdiff_t(size), count, std::uint8_t(0));
  buffer[size + count - 1] = count;
  buffer[0] |= padding_bit;
  return size + count;
}

std::size_t wrap_rtx(base::ByteSpan out, const RtpView& packet, const RtxTarget& target) {
  base::ByteWriter writer(out);
  writer.bytes(packet.header());
  writer.u16(packet.sequence().value);
  writer.bytes(packet.payload());
  if (!writer.ok()) return 0;
  out[0] &= std::uint8_t(~padding_bit);
  set_payload_type(out, target.payload_type);
  set_sequence(out, target.sequence);
  set_ssrc(out, target.ssrc);
  return writer.size();
}

std::optional<base::ByteSpan> unwrap_rtx(base::ByteSpan packet, const RtxOrigin& origin) {
  const auto view = RtpView::parse(packet);
  if (!view || view->payload().size() < 2) return std::nullopt;
  const SeqNo original{base::load_u16(view->payload().data())};
  const std::size_t size = view->without_padding().size() - 2;
  std::memmove(packet.data() + 2, packet.data(), view->header().size());
  const base::ByteSpan out = packet.subspan(2, size);
  out[0] &= std::uint8_t(~padding_bit);
  set_payload_type(out, origin.payload_type);
  set_sequence(out, original);
  set_ssrc(out, origin.ssrc);
  return out;
}

}  // namespace greenroom::wire
