#include "wire/red.hpp"

namespace greenroom::wire {
namespace {

// RFC 2198 §3: F and the payload type, and of all but the last block 14 bits of offset and 10 of length.
constexpr std::uint8_t more_blocks_bit = 0x80;
constexpr std::size_t long_header = 4;

}  // namespace

std::optional<RedPayload> RedPayload::parse(base::ByteView payload) {
  RedPayload red;
  base::ByteReader in(payload);
  std::array<std::size_t, max_red_blocks> lengths{};
  for (bool more = true; more;) {
    if (red.count_ == max_red_blocks) return std::nullopt;
    const auto head = in.u8();
    more = (head & more_blocks_bit) != 0;
    auto& block = red.blocks_[red.count_];
    block.payload_type = {std::uint8_t(head & 0x7F)};
    const auto rest = more ? in.u24() : 0;
    block.time_before = std::uint16_t(rest >> 10);
    lengths[red.count_++] = rest & 0x3FF;
  }
  for (std::size_t i = 0; i + 1 < red.count_; ++i) red.blocks_[i].data = in.take(lengths[i]);
  red.blocks_[red.count_ - 1].data = in.rest();
  return in.ok() ? std::optional(red) : std::nullopt;
}

void set_red_types(base::ByteSpan payload, PayloadType type) {
  for (std::size_t at = 0; at < payload.size();) {
    const bool more = (payload[at] & more_blocks_bit) != 0;
    payload[at] = std::uint8_t((payload[at] & more_blocks_bit) | type.value);
    if (!more) return;
    at += long_header;
  }
}

std::size_t red_header_size(base::ByteView payload) {
  std::size_t at = 0;
  while (at < payload.size() && (payload[at] & more_blocks_bit)) at += long_header;
  return at + 1;
}

}  // namespace greenroom::wire
