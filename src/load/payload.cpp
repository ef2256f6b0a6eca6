#include "load/payload.hpp"

namespace greenroom::load {
namespace {
constexpr std::uint32_t mark = 0x4c4f4144;
constexpr std::uint8_t opus_celt_20ms_stereo = 0xfc;  // RFC 6716 §3.1: a TOC byte of one 20 ms frame

// RFC 7741 §4.2: X and I with a 15-bit picture id, as Chromium sends; then RFC 6386 §9.1 in the first packet of a
// frame.
void write_vp8(base::ByteWriter& out, const PayloadHead& head) {
  out.u8(std::uint8_t(0x80 | (head.first ? 0x10 : 0)));
  out.u8(0x80);
  out.u16(std::uint16_t(0x8000 | head.picture));
  if (!head.first) return;
  out.u8(head.keyframe ? 0x10 : 0x11);  // the P bit is inverse
  out.u16(0);
  if (!head.keyframe) return;
  out.u24(0x9d012a);
  out.u16(0x8002), out.u16(0x6801);  // 640 by 360, little-endian
}
}  // namespace

void write_payload(base::ByteSpan out, const PayloadHead& head) {
  base::ByteWriter writer(out);
  if (head.kind == wire::MediaKind::audio)
    writer.u8(opus_celt_20ms_stereo);
  else
    write_vp8(writer, head);
  while (writer.left() > 0) writer.u8(0x5a);
}

void write_stamp(base::ByteSpan payload, const Stamp& stamp) {
  auto* at = payload.data() + payload.size() - stamp_size;
  base::store_u64(at, std::uint64_t(base::to_micros(stamp.sent)));
  base::store_u32(at + 8, stamp.number);
  base::store_u32(at + 12, mark);
}

std::optional<Stamp> read_stamp(base::ByteView payload) {
  if (payload.size() < stamp_size) return std::nullopt;
  const auto* at = payload.data() + payload.size() - stamp_size;
  if (base::load_u32(at + 12) != mark) return std::nullopt;
  return Stamp{base::wall_from_micros(std::int64_t(base::load_u64(at))), base::load_u32(at + 8)};
}

}  // namespace greenroom::load
