// AV1 over RTP (RTP Payload Format For AV1 §4): the aggregation header and the OBU elements behind it. Which layers and
// dependencies a packet has is said by the dependency descriptor (wire/dependency_descriptor.hpp). Values over the
// caller's bytes, any thread.
#pragma once
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "wire/frame_size.hpp"

namespace greenroom::wire {

inline constexpr std::uint8_t obu_sequence_header = 1, obu_temporal_delimiter = 2, obu_tile_list = 8, obu_padding = 15;

struct Av1Aggregation {
  bool continues = false;     // Z: the first element goes on with the last one of the packet before
  bool unfinished = false;    // Y: the last element goes on in the next packet
  std::uint8_t count = 0;     // W: elements, of which the last has no length; 0: each has one
  bool new_sequence = false;  // N: first packet of a coded video sequence: a decoder can begin here
  static std::optional<Av1Aggregation> parse(base::ByteView payload);
};

bool is_av1_keyframe(base::ByteView payload);

// f(element) for each OBU element; false when the elements contradict the header or the packet.
template <class F>
bool for_each_obu_element(base::ByteView payload, F&& f);

// AV1 specification §4.10.5, at most eight bytes; nothing when it does not end.
std::optional<std::uint64_t> read_leb128(base::ByteReader& in);
void write_leb128(base::Bytes& out, std::uint64_t value);

// Of a sequence header OBU with its header (AV1 specification §5.5).
std::optional<FrameSize> av1_sequence_size(base::ByteView obu);

template <class F>
bool for_each_obu_element(base::ByteView payload, F&& f) {
  const auto header = Av1Aggregation::parse(payload);
  if (!header) return false;
  base::ByteReader in(payload.subspan(1));
  for (int i = 1; in.left() > 0; ++i) {
    const bool last = header->count != 0 && i == header->count;
    const auto length = last ? std::optional<std::uint64_t>(in.left()) : read_leb128(in);
    if (!length || *length > in.left()) return false;
    f(in.take(std::size_t(*length)));
    if (last) break;
  }
  return in.left() == 0;
}

}  // namespace greenroom::wire
