// Any bytes as an AV1 payload and as a sequence header; lengths there and back.
#include "base/assert.hpp"
#include "wire/av1.hpp"

using namespace greenroom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::ByteView payload(data, size);
  wire::is_av1_keyframe(payload);
  wire::av1_sequence_size(payload);
  std::size_t total = 0;
  wire::for_each_obu_element(payload, [&](base::ByteView element) {
    total += element.size();
    wire::av1_sequence_size(element);
  });
  GREENROOM_ASSERT(total <= size);
  base::ByteReader in(payload);
  if (const auto value = wire::read_leb128(in)) {
    base::Bytes bytes;
    wire::write_leb128(bytes, *value);
    base::ByteReader again(bytes);
    GREENROOM_ASSERT(wire::read_leb128(again) == value);
  }
  return 0;
}
