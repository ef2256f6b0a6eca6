// Why an incoming datagram came to nothing. Counted, never logged one by one: a stranger can cause any of them at will.
#pragma once
#include <cstdint>

namespace greenroom::rtc {

enum class DropReason : std::uint8_t {
  none,
  unknown,     // from nobody we know, or not WebRTC at all
  malformed,   // does not parse
  forged,      // fails authentication, or a replay
  unexpected,  // parses, but nothing was negotiated that it could belong to
};

}  // namespace greenroom::rtc
