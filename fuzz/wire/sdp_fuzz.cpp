// Any text as a session description and as a trickle-ICE fragment: what parses prints, and parses to the same again.
#include "base/assert.hpp"
#include "wire/sdp.hpp"

using namespace greenroom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (size > wire::sdp::max_bytes / 2) return 0;  // printed, its line ends may make it longer than a parser takes
  if (const auto whole = wire::sdp::parse(text)) {
    const auto again = wire::sdp::parse(wire::sdp::print(*whole));
    GREENROOM_ASSERT(again && *again == *whole);
  }
  if (const auto fragment = wire::sdp::parse_fragment(text)) {
    const auto again = wire::sdp::parse_fragment(wire::sdp::print_fragment(*fragment));
    GREENROOM_ASSERT(again && again->sections == fragment->sections && again->candidates == fragment->candidates);
  }
  return 0;
}
