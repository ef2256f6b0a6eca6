// Chunked bodies: the same body however the bytes are cut, and never a byte more than was given.
#include <algorithm>
#include <string>

#include "base/assert.hpp"
#include "net/detail/body_framing.hpp"

using namespace greenroom::net;

namespace {

struct Outcome {
  std::string body;
  std::size_t taken = 0;
  bool done = false, bad = false;
  bool operator==(const Outcome&) const = default;
};

// `straight`: what is expected is not shown to the framing.
Outcome feed(std::string_view input, std::size_t piece, bool straight = false) {
  auto framing = BodyFraming::chunked();
  Outcome out;
  while (out.taken < input.size() && !framing.done() && !framing.bad()) {
    if (const auto expected = framing.expected(); straight && expected > 0) {
      const auto data = input.substr(out.taken, std::min<std::uint64_t>(expected, piece));
      framing.took(data.size());
      out.body += data;
      out.taken += data.size();
      continue;
    }
    const auto step = framing.next(input.substr(out.taken, piece));
    GREENROOM_ASSERT(step.taken > 0 && step.data.size() <= step.taken);
    out.body += step.data;
    out.taken += step.taken;
  }
  out.done = framing.done();
  out.bad = framing.bad();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = feed(input, input.size() + 1);
  GREENROOM_ASSERT(whole == feed(input, 1));
  GREENROOM_ASSERT(whole == feed(input, data[0] + std::size_t(1)));
  GREENROOM_ASSERT(whole == feed(input, data[0] + std::size_t(1), true));
  return 0;
}
