#include "wire/vp8.hpp"

namespace greenroom::wire {
namespace {

// The optional octets behind the X bit, in their order (RFC 7741 §4.2).
void parse_extended(base::ByteReader& reader, Vp8Descriptor& d) {
  const std::uint8_t flags = reader.u8();
  if (flags & 0x80) {
    d.picture_id_at = std::uint8_t(reader.position());
    const std::uint8_t first = reader.u8();
    d.long_picture_id = (first & 0x80) != 0;
    d.picture_id = d.long_picture_id ? std::uint16_t((first & 0x7F) << 8 | reader.u8()) : std::uint16_t(first);
  }
  if (flags & 0x40) {
    d.tl0_picture_index_at = std::uint8_t(reader.position());
    d.tl0_picture_index = reader.u8();
  }
  if ((flags & 0x30) == 0) return;
  const std::uint8_t layers = reader.u8();
  if (flags & 0x20) d.temporal_layer = std::uint8_t(layers >> 6), d.layer_sync = (layers & 0x20) != 0;
  if (flags & 0x10) d.key_index = std::uint8_t(layers & 0x1F);
}

}  // namespace

std::optional<Vp8Descriptor> Vp8Descriptor::parse(base::ByteView payload) {
  base::ByteReader reader(payload);
  Vp8Descriptor d;
  const std::uint8_t first = reader.u8();
  d.non_reference = (first & 0x20) != 0;
  d.start_of_partition = (first & 0x10) != 0;
  d.partition = std::uint8_t(first & 0x07);
  if (first & 0x80) parse_extended(reader, d);
  if (!reader.ok()) return std::nullopt;
  d.size = std::uint8_t(reader.position());
  return d;
}

bool is_vp8_keyframe(base::ByteView payload) {
  const auto d = Vp8Descriptor::parse(payload);
  return d && d->starts_frame() && payload.size() > d->size && (payload[d->size] & 1) == 0;
}

std::optional<FrameSize> vp8_frame_size(base::ByteView payload) {
  if (!is_vp8_keyframe(payload)) return std::nullopt;
  base::ByteReader reader(payload.subspan(Vp8Descriptor::parse(payload)->size));
  reader.skip(3);  // frame tag
  if (reader.u24() != 0x9D012A) return std::nullopt;
  const auto little_endian_14 = [&] {
    const std::uint16_t v = reader.u16();
    return std::uint16_t((v >> 8 | v << 8) & 0x3FFF);  // the upper two bits are scaling
  };
  const std::uint16_t width = little_endian_14();
  const std::uint16_t height = little_endian_14();
  if (!reader.ok()) return std::nullopt;
  return FrameSize{width, height};
}

}  // namespace greenroom::wire
