// Any bytes as a stream of frames, whole and cut at places that the bytes choose: both give the same frames.
#include <algorithm>
#include <vector>

#include "base/assert.hpp"
#include "wire/rfc4571.hpp"

using namespace greenroom;

namespace {

struct Read {
  std::vector<base::Bytes> frames;
  bool whole = true;
};

template <class Cut>
Read read(base::Bytes stream, Cut cut) {
  Read out;
  wire::FrameReader reader;
  for (base::ByteSpan left(stream); !left.empty() && out.whole;) {
    const auto size = std::min(left.size(), cut(left));
    out.whole = reader.read(left.first(size), [&](base::ByteSpan f) { out.frames.emplace_back(f.begin(), f.end()); });
    GREENROOM_ASSERT(reader.held() < wire::FrameReader::length_size + wire::FrameReader::frame_limit);
    left = left.subspan(size);
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::Bytes stream(data, data + size);
  const auto at_once = read(stream, [](base::ByteSpan left) { return left.size(); });
  const auto in_pieces = read(stream, [](base::ByteSpan left) { return std::size_t(1 + left[0] % 97); });
  GREENROOM_ASSERT(at_once.frames == in_pieces.frames && at_once.whole == in_pieces.whole);
  return 0;
}
