#include "wire/h264.hpp"

namespace greenroom::wire {
namespace {

// NAL unit types: H.264 table 7-1, and RFC 6184 §5.2 for the aggregates.
constexpr std::uint8_t nal_slice = 1, nal_idr = 5, nal_sps = 7, nal_pps = 8, nal_stap_a = 24, nal_fu_a = 28;

void count(std::uint8_t nal_header, H264Summary& summary) {
  const std::uint8_t type = nal_header & 0x1F;
  summary.idr |= type == nal_idr;
  summary.sps |= type == nal_sps;
  summary.pps |= type == nal_pps;
  summary.other_slice |= type >= nal_slice && type < nal_idr;
}

void count_aggregate(base::ByteReader reader, H264Summary& summary) {
  while (reader.left() > 2) {
    const auto nal = reader.take(reader.u16());
    if (!nal.empty()) count(nal[0], summary);
  }
}

}  // namespace

H264Summary summarize_h264(base::ByteView payload) {
  H264Summary summary;
  base::ByteReader reader(payload);
  const std::uint8_t header = reader.u8();
  if (!reader.ok()) return summary;
  const std::uint8_t type = header & 0x1F;
  if (type == nal_stap_a) {
    count_aggregate(reader, summary);
  } else if (type == nal_fu_a) {
    const std::uint8_t fragment = reader.u8();
    if (fragment & 0x80) count(fragment, summary);
  } else {
    count(header, summary);
  }
  return summary;
}

bool is_h264_keyframe(base::ByteView payload) {
  const H264Summary summary = summarize_h264(payload);
  return summary.sps || summary.idr;
}

}  // namespace greenroom::wire
