// Content types and first bytes from outside: whatever they are, an answer; what may begin so may begin with less of
// it.
#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "studio/stem_format.hpp"

using namespace greenroom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  base::ByteReader in({data, size});
  const auto type = base::as_text(in.take(std::min<std::size_t>(in.u8() % 64, in.left())));
  const auto head = in.rest();
  for (auto source : {studio::Source::mic, studio::Source::camera, studio::Source::screen}) {
    (void)studio::stem_type_allowed(source, type);
  }
  if (!studio::may_begin(type, head)) return 0;
  for (std::size_t n = 0; n < std::min<std::size_t>(head.size(), 16); ++n) {
    GREENROOM_ASSERT(studio::may_begin(type, head.first(n)));
  }
  return 0;
}
