#include "wire/av1.hpp"

#include "wire/bit_reader.hpp"

namespace greenroom::wire {
namespace {

constexpr std::uint8_t obu_has_extension = 0x04, obu_has_size = 0x02;

// §5.5.1 up to operating_parameters_info: timing_info() and decoder_model_info(), whose lengths the rest needs.
struct Model {
  bool present = false;
  unsigned delay_bits = 0;
};

void skip_uvlc(BitReader& in) {
  unsigned zeros = 0;
  while (in.ok() && zeros < 32 && !in.flag()) ++zeros;
  if (zeros < 32) in.bits(zeros);
}

Model skip_timing(BitReader& in) {
  if (!in.flag()) return {};
  in.bits(32), in.bits(32);
  if (in.flag()) skip_uvlc(in);
  if (!in.flag()) return {};
  const Model model{true, in.bits(5) + 1};
  in.bits(32), in.bits(10);
  return model;
}

void skip_operating_points(BitReader& in, const Model& model) {
  const bool delays = in.flag();
  const auto points = in.bits(5) + 1;
  for (unsigned i = 0; i < points && in.ok(); ++i) {
    in.bits(12);
    if (in.bits(5) > 7) in.bits(1);
    if (model.present && in.flag()) in.bits(model.delay_bits), in.bits(model.delay_bits), in.bits(1);
    if (delays && in.flag()) in.bits(4);
  }
}

}  // namespace

std::optional<Av1Aggregation> Av1Aggregation::parse(base::ByteView payload) {
  if (payload.empty()) return std::nullopt;
  const auto head = payload[0];
  const Av1Aggregation a{(head & 0x80) != 0, (head & 0x40) != 0, std::uint8_t(head >> 4 & 3), (head & 0x08) != 0};
  // §4.4: a new sequence begins with an element of its own.
  if (a.new_sequence && a.continues) return std::nullopt;
  return a;
}

bool is_av1_keyframe(base::ByteView payload) {
  const auto header = Av1Aggregation::parse(payload);
  return header && header->new_sequence && payload.size() > 1;
}

std::optional<std::uint64_t> read_leb128(base::ByteReader& in) {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) {
    const auto byte = in.u8();
    if (!in.ok()) return std::nullopt;
    value |= std::uint64_t(byte & 0x7F) << (7 * i);
    if ((byte & 0x80) == 0) return value;
  }
  return std::nullopt;
}

void write_leb128(base::Bytes& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(std::uint8_t(0x80 | (value & 0x7F)));
  out.push_back(std::uint8_t(value));
}

std::optional<FrameSize> av1_sequence_size(base::ByteView obu) {
  base::ByteReader bytes(obu);
  const auto head = bytes.u8();
  if ((head >> 3 & 0x0F) != obu_sequence_header) return std::nullopt;
  if (head & obu_has_extension) bytes.skip(1);
  if ((head & obu_has_size) && !read_leb128(bytes)) return std::nullopt;
  BitReader in(bytes.rest());
  in.bits(4);  // seq_profile, still_picture
  if (in.flag()) {
    in.bits(5);  // reduced_still_picture_header: one level, nothing else
  } else {
    skip_operating_points(in, skip_timing(in));
  }
  const auto width_bits = in.bits(4) + 1, height_bits = in.bits(4) + 1;
  const auto width = in.bits(width_bits), height = in.bits(height_bits);
  if (!in.ok()) return std::nullopt;
  return FrameSize{std::uint16_t(width + 1), std::uint16_t(height + 1)};
}

}  // namespace greenroom::wire
