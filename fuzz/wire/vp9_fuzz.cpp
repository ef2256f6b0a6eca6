// Any bytes as a VP9 payload: a patched descriptor keeps its shape and says what it was given.
#include "base/assert.hpp"
#include "wire/picture_mark.hpp"
#include "wire/vp9.hpp"

using namespace greenroom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::ByteView payload(data, size);
  wire::is_vp9_keyframe(payload);
  wire::vp9_coded_size(payload);
  const auto before = wire::Vp9Descriptor::parse(payload);
  if (!before) return 0;
  GREENROOM_ASSERT(before->size <= size);
  const auto mark = wire::mark_of(*before);
  base::Bytes copy(payload.begin(), payload.end());
  GREENROOM_ASSERT(mark.head <= before->size);
  wire::patch_picture(base::ByteSpan(copy).first(mark.head), mark, {0x2345, 0x67});
  const auto after = wire::Vp9Descriptor::parse(copy);
  GREENROOM_ASSERT(after && after->size == before->size && after->reference_count == before->reference_count);
  GREENROOM_ASSERT(!before->picture_id || (*after->picture_id & 0x7F) == 0x45);
  GREENROOM_ASSERT(!before->tl0_picture_index || after->tl0_picture_index == 0x67);
  GREENROOM_ASSERT(after->spatial == before->spatial && after->temporal == before->temporal);
  return 0;
}
