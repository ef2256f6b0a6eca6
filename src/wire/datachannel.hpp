// WebRTC data channels over SCTP: payload protocol identifiers (RFC 8831 §8) and the messages of DCEP (RFC 8832 §5),
// by which a side opens a channel that was not agreed on over signaling. Bytes to values and back, no state.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"

namespace greenroom::wire {

// SCTP has no empty messages: an empty one is sent as one zero byte under a PPID of its own (RFC 8831 §6.6).
inline constexpr std::uint32_t ppid_dcep = 50, ppid_string = 51, ppid_binary = 53, ppid_string_empty = 56,
                               ppid_binary_empty = 57;

struct DataChannelOpen {
  bool ordered = true;
  std::uint16_t priority = 0;
  std::optional<std::uint32_t> max_retransmits = {};
  std::optional<std::uint32_t> max_lifetime_ms = {};
  std::string_view label = {}, protocol = {};
};
std::optional<DataChannelOpen> parse_data_channel_open(base::ByteView message);
base::Bytes write_data_channel_open(const DataChannelOpen& open);

bool is_data_channel_ack(base::ByteView message);
inline constexpr std::uint8_t data_channel_ack[1] = {2};

}  // namespace greenroom::wire
