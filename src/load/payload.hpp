// What our packets carry: the beginning of an Opus or VP8 payload, so that a server which looks at it sees the real
// thing, filler, and at the end a stamp that survives whatever is rewritten in front. Pure.
#pragma once
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "wire/ortc.hpp"

namespace greenroom::load {

struct Stamp {
  base::WallTime sent;
  std::uint32_t number = 0;  // counts the source's packets
};
inline constexpr std::size_t stamp_size = 16;  // with the mark that tells it from other payloads

struct PayloadHead {
  wire::MediaKind kind = wire::MediaKind::video;
  bool first = false;  // of its frame
  bool keyframe = false;
  std::uint16_t picture = 0;  // 15 bits
};
// Fills `out` but for its stamp.
void write_payload(base::ByteSpan out, const PayloadHead& head);
void write_stamp(base::ByteSpan payload, const Stamp& stamp);
std::optional<Stamp> read_stamp(base::ByteView payload);

}  // namespace greenroom::load
