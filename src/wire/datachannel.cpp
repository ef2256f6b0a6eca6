#include "wire/datachannel.hpp"

namespace greenroom::wire {
namespace {
constexpr std::uint8_t open_message = 3;
constexpr std::uint8_t unordered_bit = 0x80;
// Kinds of channel (RFC 8832 §5.1), without the bit for unordered.
constexpr std::uint8_t reliable = 0, limited_retransmits = 1, limited_lifetime = 2;

std::uint8_t kind_of(const DataChannelOpen& open) {
  std::uint8_t kind = open.max_retransmits ? limited_retransmits : open.max_lifetime_ms ? limited_lifetime : reliable;
  return open.ordered ? kind : std::uint8_t(kind | unordered_bit);
}
}  // namespace

std::optional<DataChannelOpen> parse_data_channel_open(base::ByteView message) {
  base::ByteReader reader(message);
  if (reader.u8() != open_message) return std::nullopt;
  DataChannelOpen open;
  const auto kind = reader.u8();
  open.priority = reader.u16();
  const auto parameter = reader.u32();
  const std::size_t label = reader.u16(), protocol = reader.u16();
  open.label = base::as_text(reader.take(label));
  open.protocol = base::as_text(reader.take(protocol));
  open.ordered = !(kind & unordered_bit);
  switch (kind & ~unordered_bit) {
    case reliable:
      break;
    case limited_retransmits:
      open.max_retransmits = parameter;
      break;
    case limited_lifetime:
      open.max_lifetime_ms = parameter;
      break;
    default:
      return std::nullopt;
  }
  return reader.ok() ? std::optional(open) : std::nullopt;
}

base::Bytes write_data_channel_open(const DataChannelOpen& open) {
  base::Bytes message(12 + open.label.size() + open.protocol.size());
  base::ByteWriter writer(message);
  writer.u8(open_message);
  writer.u8(kind_of(open));
  writer.u16(open.priority);
  writer.u32(open.max_retransmits.value_or(open.max_lifetime_ms.value_or(0)));
  writer.u16(std::uint16_t(open.label.size()));
  writer.u16(std::uint16_t(open.protocol.size()));
  writer.bytes(base::as_bytes(open.label));
  writer.bytes(base::as_bytes(open.protocol));
  return message;
}

bool is_data_channel_ack(base::ByteView message) { return message.size() == 1 && message[0] == data_channel_ack[0]; }

}  // namespace greenroom::wire
