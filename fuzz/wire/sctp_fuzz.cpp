// SCTP chunks and DCEP messages: whatever parses is written again and must parse to the same. The first byte chooses
// between a whole packet as it came and chunks under a good checksum.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "wire/datachannel.hpp"
#include "wire/sctp.hpp"

namespace {
using namespace greenroom;

void check(bool holds) {
  if (!holds) std::abort();
}

void take_reconfig(base::ByteView value) {
  wire::SctpParameterReader parameters(value);
  while (const auto parameter = parameters.next()) {
    if (const auto reset = wire::parse_sctp_outgoing_reset(parameter->value)) {
      for (std::size_t i = 0; i < reset->stream_count(); ++i) (void)reset->stream(i);
    }
    (void)wire::parse_sctp_reconfig_response(parameter->value);
  }
}

void take(const wire::SctpChunk& chunk) {
  std::vector<std::uint8_t> again(70'000);
  wire::SctpPacketWriter writer(again, {});
  if (const auto data = wire::parse_sctp_data(chunk)) {
    writer.data(*data);
    const auto packet = wire::parse_sctp(base::ByteView(again).first(writer.finish()));
    check(packet.has_value());
    const auto same = wire::parse_sctp_data(*wire::SctpChunkReader(packet->chunks).next());
    check(same && same->tsn == data->tsn && std::ranges::equal(same->payload, data->payload));
    (void)wire::parse_data_channel_open(data->payload);
  }
  if (const auto init = wire::parse_sctp_init(chunk.value)) check(init->tag != 0 && init->inbound != 0);
  if (const auto sack = wire::parse_sctp_sack(chunk.value)) {
    for (std::size_t i = 0; i < sack->gap_count(); ++i) (void)sack->gap(i);
  }
  if (const auto forward = wire::parse_sctp_forward_tsn(chunk.value)) {
    for (std::size_t i = 0; i < forward->stream_count(); ++i) (void)forward->stream(i);
  }
  (void)wire::parse_sctp_shutdown(chunk.value);
  take_reconfig(chunk.value);
  if (const auto open = wire::parse_data_channel_open(chunk.value)) {
    const auto written = wire::write_data_channel_open(*open);
    const auto same = wire::parse_data_channel_open(written);
    check(same && same->label == open->label && same->protocol == open->protocol && same->ordered == open->ordered);
  }
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  base::ByteView bytes(data + 1, size - 1);
  if (data[0] & 1) {
    const auto packet = wire::parse_sctp(bytes);
    if (!packet) return 0;
    bytes = packet->chunks;
  }
  wire::SctpChunkReader chunks(bytes);
  while (const auto chunk = chunks.next()) take(*chunk);
  return 0;
}
