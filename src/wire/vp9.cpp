#include "wire/vp9.hpp"

#include "wire/bit_reader.hpp"

namespace greenroom::wire {
namespace {

constexpr std::uint8_t bit_i = 0x80, bit_p = 0x40, bit_l = 0x20, bit_f = 0x10, bit_b = 0x08, bit_e = 0x04, bit_v = 0x02,
                       bit_z = 0x01;

void read_picture_id(base::ByteReader& in, Vp9Descriptor& d) {
  d.picture_id_at = std::uint8_t(in.position());
  const std::uint8_t first = in.u8();
  d.long_picture_id = (first & 0x80) != 0;
  d.picture_id = d.long_picture_id ? std::uint16_t((first & 0x7F) << 8 | in.u8()) : std::uint16_t(first);
}

void read_layers(base::ByteReader& in, Vp9Descriptor& d) {
  const std::uint8_t layers = in.u8();
  d.layered = true;
  d.temporal = std::uint8_t(layers >> 5);
  d.switch_up = (layers & 0x10) != 0;
  d.spatial = std::uint8_t(layers >> 1 & 7);
  d.inter_layer = (layers & 1) != 0;
  if (d.flexible) return;
  d.tl0_picture_index_at = std::uint8_t(in.position());
  d.tl0_picture_index = in.u8();
}

// False when a fourth reference is announced.
bool read_references(base::ByteReader& in, Vp9Descriptor& d) {
  for (bool more = true; more;) {
    if (d.reference_count == vp9_max_references) return false;
    const std::uint8_t reference = in.u8();
    d.references[d.reference_count++] = std::uint8_t(reference >> 1);
    more = (reference & 1) != 0;
  }
  return true;
}

void read_structure(base::ByteReader& in, Vp9Structure& s) {
  const std::uint8_t head = in.u8();
  s.spatial_layers = std::uint8_t((head >> 5) + 1);
  s.sized = (head & 0x10) != 0;
  for (std::size_t i = 0; s.sized && i < s.spatial_layers; ++i) {
    s.sizes[i].width = in.u16();
    s.sizes[i].height = in.u16();
  }
  if ((head & 0x08) == 0) return;  // G
  s.pattern_pictures = in.u8();
  for (int i = 0; i < s.pattern_pictures && in.ok(); ++i) in.skip(in.u8() >> 2 & 3);
}

}  // namespace

std::optional<Vp9Descriptor> Vp9Descriptor::parse(base::ByteView payload) {
  base::ByteReader in(payload);
  Vp9Descriptor d;
  const std::uint8_t first = in.u8();
  d.predicted = (first & bit_p) != 0;
  d.flexible = (first & bit_f) != 0;
  d.begins = (first & bit_b) != 0;
  d.ends = (first & bit_e) != 0;
  d.not_for_upper = (first & bit_z) != 0;
  if (first & bit_i) read_picture_id(in, d);
  if (first & bit_l) read_layers(in, d);
  if (d.predicted && d.flexible && !read_references(in, d)) return std::nullopt;
  if (first & bit_v) read_structure(in, d.structure.emplace());
  if (!in.ok()) return std::nullopt;
  d.size = std::uint16_t(in.position());
  return d;
}

bool begins_vp9_keyframe(const Vp9Descriptor& d) {
  return d.begins && !d.predicted && d.spatial == 0 && !d.inter_layer;
}

bool is_vp9_keyframe(base::ByteView payload) {
  const auto d = Vp9Descriptor::parse(payload);
  return d && begins_vp9_keyframe(*d);
}

std::optional<FrameSize> vp9_coded_size(base::ByteView frame) {
  BitReader in(frame);
  if (in.bits(2) != 2) return std::nullopt;  // frame_marker
  const auto profile = in.bits(1) | in.bits(1) << 1;
  if (profile == 3) in.bits(1);
  const bool existing = in.flag(), inter = in.flag();
  in.bits(2);  // show_frame, error_resilient_mode
  if (existing || inter || in.bits(24) != 0x498342) return std::nullopt;
  if (profile >= 2) in.bits(1);      // bit depth
  const bool rgb = in.bits(3) == 7;  // color_space
  const bool subsampled = profile == 1 || profile == 3;
  if (!rgb) in.bits(1);                  // color_range
  if (subsampled) in.bits(rgb ? 1 : 3);  // subsampling, reserved
  const auto width = in.bits(16), height = in.bits(16);
  if (!in.ok()) return std::nullopt;
  return FrameSize{std::uint16_t(width + 1), std::uint16_t(height + 1)};
}

}  // namespace greenroom::wire
