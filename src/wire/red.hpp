// Redundant audio (RFC 2198): one packet with the sound of now and copies of a while ago. Taken apart to hand plain
// sound to those who cannot read it, renumbered for those who can. Values over the caller's bytes, any thread.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "base/bytes.hpp"
#include "wire/rtp_types.hpp"

namespace greenroom::wire {

inline constexpr std::size_t max_red_blocks = 9;  // browsers send at most eight copies

struct RedBlock {
  PayloadType payload_type;
  std::uint16_t time_before = 0;  // ticks that it is older than the packet's time; 0 of the primary block
  base::ByteView data;
};

class RedPayload {
 public:
  // Nothing when the blocks do not fit the payload.
  static std::optional<RedPayload> parse(base::ByteView payload);
  std::span<const RedBlock> blocks() const { return {blocks_.data(), count_}; }
  const RedBlock& primary() const { return blocks_[count_ - 1]; }

 private:
  std::array<RedBlock, max_red_blocks> blocks_;
  std::size_t count_ = 0;
};

// Says another payload type in every block header of a payload that was parsed: the types are the receiver's.
void set_red_types(base::ByteSpan payload, PayloadType type);
// Bytes of block headers at the front of it.
std::size_t red_header_size(base::ByteView payload);

}  // namespace greenroom::wire
