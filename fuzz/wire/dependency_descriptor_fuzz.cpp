// A stream of dependency descriptors, each behind a byte that is its length: what is read fits its structure.
#include "base/assert.hpp"
#include "wire/dependency_descriptor.hpp"

using namespace greenroom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  base::ByteReader in({data, size});
  wire::DependencyReader reader;
  while (in.left() > 0) {
    const std::size_t length = in.u8();
    const auto value = in.take(std::min(length, in.left()));
    const auto mark = reader.read(value);
    if (!mark) continue;
    const auto& structure = *reader.structure();
    GREENROOM_ASSERT(mark->target_count == structure.target_count &&
                     structure.target_count <= wire::max_decode_targets);
    GREENROOM_ASSERT(structure.template_count >= 1 && structure.template_count <= wire::max_templates);
    GREENROOM_ASSERT(mark->layer.spatial <= structure.highest.spatial);
    GREENROOM_ASSERT(mark->layer.temporal <= structure.highest.temporal);
    GREENROOM_ASSERT(structure.target_count == 32 || mark->active_targets >> structure.target_count == 0);
    base::Bytes copy(value.begin(), value.end());
    GREENROOM_ASSERT(wire::set_frame_number(copy, 0x1234));
    GREENROOM_ASSERT(wire::DependencyReader(reader).read(copy)->frame_number == 0x1234);
  }
  return 0;
}
