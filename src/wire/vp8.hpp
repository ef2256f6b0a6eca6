// VP8 over RTP (RFC 7741 §4.2): the payload descriptor, where a decoder can begin, and the
// picture's size. What selectors and rewriters read of it is in wire/picture_mark.hpp. Values over the caller's bytes,
// any thread.
#pragma once
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "wire/frame_size.hpp"

namespace greenroom::wire {

struct Vp8Descriptor {
  bool non_reference = false;       // N: nothing depends on this frame
  bool start_of_partition = false;  // S
  std::uint8_t partition = 0;       // PID
  std::optional<std::uint16_t> picture_id;
  bool long_picture_id = false;  // M: 15 bits, not 7
  std::optional<std::uint8_t> tl0_picture_index;
  std::optional<std::uint8_t> temporal_layer;  // TID
  bool layer_sync = false;                     // Y
  std::optional<std::uint8_t> key_index;       // KEYIDX
  std::uint8_t size = 0;                       // of the descriptor
  std::uint8_t picture_id_at = 0;              // offsets into the payload; 0 when absent
  std::uint8_t tl0_picture_index_at = 0;

  // Nothing when the descriptor does not fit the payload.
  static std::optional<Vp8Descriptor> parse(base::ByteView payload);
  bool starts_frame() const { return start_of_partition && partition == 0; }
};

// First packet of a key frame (RFC 7741 §4.3: the P bit of the VP8 payload header is inverse).
bool is_vp8_keyframe(base::ByteView payload);

// From the first packet of a key frame (RFC 6386 §9.1).
std::optional<FrameSize> vp8_frame_size(base::ByteView payload);

}  // namespace greenroom::wire
