// H.264 over RTP (RFC 6184): finds NAL units in single, STAP-A and FU-A packets, to tell where a decoder can begin.
// Values over the caller's bytes, any thread.
#pragma once
#include <cstdint>

#include "base/bytes.hpp"

namespace greenroom::wire {

// What one packet carries; for a FU-A only the fragment with the start bit counts.
struct H264Summary {
  bool idr = false;
  bool sps = false;
  bool pps = false;
  bool other_slice = false;
};
H264Summary summarize_h264(base::ByteView payload);

// A packet from which a stream can be started: it carries a sequence parameter set (the encoders of browsers send SPS
// and PPS before each IDR picture, often in one STAP-A), or the beginning of an IDR picture.
bool is_h264_keyframe(base::ByteView payload);

}  // namespace greenroom::wire
