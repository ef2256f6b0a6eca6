#include "wire/sctp.hpp"

#include <algorithm>

#include "wire/crc32c.hpp"

namespace greenroom::wire {
namespace {

constexpr std::uint16_t cookie_parameter = 7;
constexpr std::uint16_t extensions_parameter = 0x8008;   // RFC 5061 §4.2.7
constexpr std::uint16_t forward_tsn_parameter = 0xC000;  // RFC 3758 §3.1
constexpr std::size_t max_why = 128;                     // bytes of an ABORT's reason

constexpr std::size_t padding(std::size_t size) { return (4 - size % 4) % 4; }

std::uint32_t load_le(const std::uint8_t* p) {
  return std::uint32_t(p[0]) | std::uint32_t(p[1]) << 8 | std::uint32_t(p[2]) << 16 | std::uint32_t(p[3]) << 24;
}
void store_le(std::uint8_t* p, std::uint32_t v) {
  for (int i = 0; i < 4; ++i) p[i] = std::uint8_t(v >> (8 * i));
}

// The checksum is that of the packet with zeros in its place, and goes least significant byte first (§6.8).
std::uint32_t checksum(base::ByteView packet) {
  constexpr std::uint8_t zeros[4] = {};
  return crc32c(packet.subspan(sctp_header_size), crc32c(zeros, crc32c(packet.first(8))));
}

// The last chunk and the last parameter may come without their padding.
void skip_padding(base::ByteReader& reader, std::size_t size) { reader.skip(std::min(padding(size), reader.left())); }

void read_extensions(base::ByteView types, SctpInit& init) {
  for (const auto type : types) {
    if (type == std::uint8_t(SctpChunkType::reconfig)) init.reconfig = true;
    if (type == std::uint8_t(SctpChunkType::forward_tsn)) init.forward_tsn = true;
  }
}

}  // namespace

std::optional<SctpChunk> SctpChunkReader::next() {
  if (reader_.left() == 0) return std::nullopt;
  SctpChunk chunk;
  chunk.type = reader_.u8();
  chunk.flags = reader_.u8();
  const std::size_t size = reader_.u16();
  if (size < sctp_chunk_header_size) {
    reader_.skip(reader_.left() + 1);
    return std::nullopt;
  }
  chunk.value = reader_.take(size - sctp_chunk_header_size);
  if (!reader_.ok()) return std::nullopt;
  skip_padding(reader_, size);
  return chunk;
}

std::optional<SctpParameter> SctpParameterReader::next() {
  if (reader_.left() == 0) return std::nullopt;
  SctpParameter parameter;
  parameter.type = reader_.u16();
  const std::size_t size = reader_.u16();
  if (size < 4) {
    reader_.skip(reader_.left() + 1);
    return std::nullopt;
  }
  parameter.value = reader_.take(size - 4);
  if (!reader_.ok()) return std::nullopt;
  skip_padding(reader_, size);
  return parameter;
}

std::optional<SctpPacket> parse_sctp(base::ByteView packet) {
  if (packet.size() < sctp_header_size + sctp_chunk_header_size) return std::nullopt;
  if (load_le(&packet[8]) != checksum(packet)) return std::nullopt;
  base::ByteReader reader(packet);
  SctpPacket parsed;
  parsed.header.source_port = reader.u16();
  parsed.header.destination_port = reader.u16();
  parsed.header.tag = reader.u32();
  parsed.chunks = packet.subspan(sctp_header_size);
  return parsed;
}

std::optional<SctpInit> parse_sctp_init(base::ByteView value) {
  base::ByteReader reader(value);
  SctpInit init;
  init.tag = reader.u32();
  init.window = reader.u32();
  init.outbound = reader.u16();
  init.inbound = reader.u16();
  init.initial_tsn = reader.u32();
  if (!reader.ok() || init.tag == 0 || init.outbound == 0 || init.inbound == 0) return std::nullopt;
  SctpParameterReader parameters(reader.rest());
  while (const auto parameter = parameters.next()) {
    if (parameter->type == cookie_parameter) {
      init.cookie = parameter->value;
    } else if (parameter->type == forward_tsn_parameter) {
      init.forward_tsn = true;
    } else if (parameter->type == extensions_parameter) {
      read_extensions(parameter->value, init);
    } else if (!(parameter->type & 0x8000)) {
      // §3.2.1: the highest bit says whether one who does not know a parameter goes on after it. Addresses (5, 6, 11,
      // 12) mean nothing inside DTLS (RFC 8261 §5) and are passed over all the same.
      if (parameter->type > 12) break;
    }
  }
  if (!parameters.ok()) return std::nullopt;
  return init;
}

std::optional<SctpData> parse_sctp_data(const SctpChunk& chunk) {
  base::ByteReader reader(chunk.value);
  SctpData data;
  data.immediate = chunk.flags & 8;
  data.unordered = chunk.flags & 4;
  data.begin = chunk.flags & 2;
  data.end = chunk.flags & 1;
  data.tsn = reader.u32();
  data.stream = reader.u16();
  data.ssn = reader.u16();
  data.ppid = reader.u32();
  data.payload = reader.rest();
  if (!reader.ok() || data.payload.empty()) return std::nullopt;
  return data;
}

SctpGap SctpSack::gap(std::size_t i) const {
  return {base::load_u16(&gap_bytes[4 * i]), base::load_u16(&gap_bytes[4 * i + 2])};
}

std::optional<SctpSack> parse_sctp_sack(base::ByteView value) {
  base::ByteReader reader(value);
  SctpSack sack;
  sack.cumulative_tsn = reader.u32();
  sack.window = reader.u32();
  const std::size_t gaps = reader.u16();
  const std::size_t duplicates = reader.u16();
  sack.gap_bytes = reader.take(4 * gaps);
  reader.skip(4 * duplicates);
  if (!reader.ok()) return std::nullopt;
  return sack;
}

SctpSkipped SctpForwardTsn::stream(std::size_t i) const {
  return {base::load_u16(&stream_bytes[4 * i]), base::load_u16(&stream_bytes[4 * i + 2])};
}

std::optional<SctpForwardTsn> parse_sctp_forward_tsn(base::ByteView value) {
  base::ByteReader reader(value);
  SctpForwardTsn forward;
  forward.cumulative_tsn = reader.u32();
  if (!reader.ok()) return std::nullopt;
  forward.stream_bytes = reader.take(reader.left() / 4 * 4);
  return forward;
}

std::optional<std::uint32_t> parse_sctp_shutdown(base::ByteView value) {
  base::ByteReader reader(value);
  const auto cumulative = reader.u32();
  return reader.ok() ? std::optional(cumulative) : std::nullopt;
}

std::optional<SctpOutgoingReset> parse_sctp_outgoing_reset(base::ByteView value) {
  base::ByteReader reader(value);
  SctpOutgoingReset reset;
  reset.request = reader.u32();
  reset.response = reader.u32();
  reset.last_tsn = reader.u32();
  if (!reader.ok()) return std::nullopt;
  reset.stream_bytes = reader.take(reader.left() / 2 * 2);
  return reset;
}

std::optional<SctpReconfigResponse> parse_sctp_reconfig_response(base::ByteView value) {
  base::ByteReader reader(value);
  SctpReconfigResponse response;
  response.request = reader.u32();
  response.result = SctpReconfigResult(reader.u32());
  return reader.ok() ? std::optional(response) : std::nullopt;
}

// ---- writing

SctpPacketWriter::SctpPacketWriter(base::ByteSpan out, const SctpHeader& header) : out_(out), writer_(out) {
  writer_.u16(header.source_port);
  writer_.u16(header.destination_port);
  writer_.u32(header.tag);
  writer_.u32(0);
}

std::size_t SctpPacketWriter::begin(SctpChunkType type, std::uint8_t flags) {
  const auto at = writer_.size();
  writer_.u8(std::uint8_t(type));
  writer_.u8(flags);
  writer_.u16(0);
  return at;
}

void SctpPacketWriter::end(std::size_t at) {
  const auto size = writer_.size() - at;
  writer_.zeros(padding(size));
  if (writer_.ok()) base::store_u16(&out_[at + 2], std::uint16_t(size));
}

void SctpPacketWriter::chunk(SctpChunkType type, std::uint8_t flags, base::ByteView value) {
  const auto at = begin(type, flags);
  writer_.bytes(value);
  end(at);
}

void SctpPacketWriter::init(SctpChunkType type, const SctpInit& init) {
  const auto at = begin(type, 0);
  writer_.u32(init.tag);
  writer_.u32(init.window);
  writer_.u16(init.outbound);
  writer_.u16(init.inbound);
  writer_.u32(init.initial_tsn);
  if (!init.cookie.empty()) {
    writer_.u16(cookie_parameter);
    writer_.u16(std::uint16_t(4 + init.cookie.size()));
    writer_.bytes(init.cookie);
    writer_.zeros(padding(init.cookie.size()));
  }
  if (init.forward_tsn) {
    writer_.u16(forward_tsn_parameter);
    writer_.u16(4);
  }
  if (init.reconfig) {
    writer_.u16(extensions_parameter);
    writer_.u16(6);
    writer_.u8(std::uint8_t(SctpChunkType::reconfig));
    writer_.u8(std::uint8_t(SctpChunkType::forward_tsn));
    writer_.u16(0);
  }
  // The last parameter's padding does not count as the chunk's (§3.2).
  const auto size = writer_.size() - at - (init.reconfig ? 2 : 0);
  if (writer_.ok()) base::store_u16(&out_[at + 2], std::uint16_t(size));
}

void SctpPacketWriter::data(const SctpData& data) {
  const auto flags = (data.immediate ? 8 : 0) | (data.unordered ? 4 : 0) | (data.begin ? 2 : 0) | (data.end ? 1 : 0);
  const auto at = begin(SctpChunkType::data, std::uint8_t(flags));
  writer_.u32(data.tsn);
  writer_.u16(data.stream);
  writer_.u16(data.ssn);
  writer_.u32(data.ppid);
  writer_.bytes(data.payload);
  end(at);
}

void SctpPacketWriter::sack(std::uint32_t cumulative_tsn, std::uint32_t window, std::span<const SctpGap> gaps,
                            std::span<const std::uint32_t> duplicates) {
  const auto at = begin(SctpChunkType::sack, 0);
  writer_.u32(cumulative_tsn);
  writer_.u32(window);
  writer_.u16(std::uint16_t(gaps.size()));
  writer_.u16(std::uint16_t(duplicates.size()));
  for (const auto& gap : gaps) writer_.u16(gap.start), writer_.u16(gap.end);
  for (const auto tsn : duplicates) writer_.u32(tsn);
  end(at);
}

void SctpPacketWriter::forward_tsn(std::uint32_t cumulative_tsn, std::span<const SctpSkipped> streams) {
  const auto at = begin(SctpChunkType::forward_tsn, 0);
  writer_.u32(cumulative_tsn);
  for (const auto& skipped : streams) writer_.u16(skipped.stream), writer_.u16(skipped.ssn);
  end(at);
}

void SctpPacketWriter::outgoing_reset(std::uint32_t request, std::uint32_t response, std::uint32_t last_tsn,
                                      std::span<const std::uint16_t> streams) {
  const auto at = begin(SctpChunkType::reconfig, 0);
  writer_.u16(sctp_outgoing_reset);
  writer_.u16(std::uint16_t(16 + 2 * streams.size()));
  writer_.u32(request);
  writer_.u32(response);
  writer_.u32(last_tsn);
  for (const auto stream : streams) writer_.u16(stream);
  end(at);
}

void SctpPacketWriter::reconfig_response(const SctpReconfigResponse& response) {
  const auto at = begin(SctpChunkType::reconfig, 0);
  writer_.u16(sctp_reconfig_response);
  writer_.u16(12);
  writer_.u32(response.request);
  writer_.u32(std::uint32_t(response.result));
  end(at);
}

void SctpPacketWriter::abort(std::uint8_t flags, std::uint16_t cause, std::string_view why) {
  const auto at = begin(SctpChunkType::abort, flags);
  const auto reason = base::as_bytes(why.substr(0, max_why));
  writer_.u16(cause);
  writer_.u16(std::uint16_t(4 + reason.size()));
  writer_.bytes(reason);
  end(at);
}

void SctpPacketWriter::shutdown(std::uint32_t cumulative_tsn) {
  const auto at = begin(SctpChunkType::shutdown, 0);
  writer_.u32(cumulative_tsn);
  end(at);
}

std::size_t SctpPacketWriter::finish() {
  if (empty() || !writer_.ok()) return 0;
  store_le(&out_[8], checksum(writer_.written()));
  return writer_.size();
}

}  // namespace greenroom::wire
