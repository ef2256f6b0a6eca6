// The rules of an upload over arbitrary numbers: what is allowed never goes past the limit or the length.
#include <cstring>

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "upload/decide.hpp"

using namespace greenroom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  base::ByteReader in({data, size});
  const auto maybe = [&]() -> std::optional<std::uint64_t> {
    const bool given = in.u8() & 1;
    const std::uint64_t value = in.u8() & 1 ? in.u8() : in.u64();
    return given ? std::optional(value) : std::nullopt;
  };
  const upload::Limits limits{.bytes_max = maybe().value_or(1'000)};
  upload::UploadInfo info;
  info.length = maybe();
  info.offset = maybe().value_or(0);
  if (info.offset > limits.bytes_max || info.offset > info.length.value_or(info.offset))
    return 0;  // the table's checks
  if (info.length.value_or(0) > limits.bytes_max) return 0;
  info.complete = info.offset == info.length && (in.u8() & 1);
  info.expires_at = base::wall_from_micros(100);
  const upload::Patch patch{maybe().value_or(info.offset), maybe(), maybe()};
  const auto decision = upload::decide(info, patch, in.u8() & 1, limits, base::wall_from_micros(in.u8()));
  if (const auto* append = std::get_if<upload::Append>(&decision)) {
    GREENROOM_ASSERT(patch.offset == info.offset);
    GREENROOM_ASSERT(append->room <= limits.bytes_max - info.offset);
    GREENROOM_ASSERT(!append->length || info.offset + append->room <= *append->length);
    GREENROOM_ASSERT(patch.content_length.value_or(0) <= append->room);
  }
  return 0;
}
