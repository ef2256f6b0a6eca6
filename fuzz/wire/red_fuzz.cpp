// Any bytes as redundant audio: blocks lie inside the packet and stay there when their types are changed.
#include "base/assert.hpp"
#include "wire/red.hpp"

using namespace greenroom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::ByteView payload(data, size);
  wire::red_header_size(payload);
  base::Bytes copy(payload.begin(), payload.end());
  wire::set_red_types(copy, {100});
  const auto before = wire::RedPayload::parse(payload), after = wire::RedPayload::parse(copy);
  GREENROOM_ASSERT(before.has_value() == after.has_value());
  if (!before) return 0;
  std::size_t total = wire::red_header_size(payload);
  for (std::size_t i = 0; i < before->blocks().size(); ++i) {
    total += before->blocks()[i].data.size();
    GREENROOM_ASSERT(after->blocks()[i].payload_type.value == 100);
    GREENROOM_ASSERT(after->blocks()[i].data.size() == before->blocks()[i].data.size());
  }
  GREENROOM_ASSERT(total == size);
  return 0;
}
