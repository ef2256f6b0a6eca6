// Any bytes as a VP8 or H.264 payload; a patched VP8 descriptor keeps its shape.
#include "base/assert.hpp"
#include "wire/h264.hpp"
#include "wire/picture_mark.hpp"
#include "wire/vp8.hpp"

using namespace greenroom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::ByteView payload(data, size);
  wire::is_h264_keyframe(payload);
  wire::is_vp8_keyframe(payload);
  wire::vp8_frame_size(payload);
  const auto before = wire::Vp8Descriptor::parse(payload);
  if (!before) return 0;
  base::Bytes copy(payload.begin(), payload.end());
  wire::patch_picture(copy, wire::mark_of(*before), {0x2345, 0x67});
  const auto after = wire::Vp8Descriptor::parse(copy);
  GREENROOM_ASSERT(after && after->size == before->size && after->long_picture_id == before->long_picture_id);
  GREENROOM_ASSERT(!before->tl0_picture_index || after->tl0_picture_index == 0x67);
  GREENROOM_ASSERT(!before->picture_id || (*after->picture_id & 0x7F) == 0x45);
  GREENROOM_ASSERT(after->temporal_layer == before->temporal_layer);
  return 0;
}
