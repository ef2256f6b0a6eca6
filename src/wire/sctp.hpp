// SCTP packets and chunks (RFC 9260 §3) with partial reliability (RFC 3758) and stream reset (RFC 6525): bytes to
// values and back. No state: what they mean is the association's affair (sctp/association.hpp). Views point into the
// packet. Invariant: a value that a parser returns has the shape its RFC demands, every length inside the packet.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/bytes.hpp"

namespace greenroom::wire {

enum class SctpChunkType : std::uint8_t {
  data = 0,
  init = 1,
  init_ack = 2,
  sack = 3,
  heartbeat = 4,
  heartbeat_ack = 5,
  abort = 6,
  shutdown = 7,
  shutdown_ack = 8,
  error = 9,
  cookie_echo = 10,
  cookie_ack = 11,
  shutdown_complete = 14,
  reconfig = 130,
  forward_tsn = 192,
};

inline constexpr std::size_t sctp_header_size = 12;
inline constexpr std::size_t sctp_chunk_header_size = 4;
inline constexpr std::size_t sctp_data_header_size = 16;  // chunk header included
inline constexpr std::size_t sctp_max_gaps = 64;          // that we send; 256 bytes of a packet

struct SctpHeader {
  std::uint16_t source_port = 0, destination_port = 0;
  std::uint32_t tag = 0;  // the receiver's verification tag
};

struct SctpChunk {
  std::uint8_t type = 0;
  std::uint8_t flags = 0;
  base::ByteView value;
  bool is(SctpChunkType t) const { return type == std::uint8_t(t); }
};

// Walks over what has a type, a length and a value padded to four bytes.
class SctpChunkReader {
 public:
  explicit SctpChunkReader(base::ByteView bytes) : reader_(bytes) {}
  std::optional<SctpChunk> next();  // nothing at the end and at what does not parse
  bool ok() const { return reader_.ok(); }

 private:
  base::ByteReader reader_;
};

struct SctpPacket {
  SctpHeader header;
  base::ByteView chunks;
};
// Nothing unless it is long enough and its checksum holds.
std::optional<SctpPacket> parse_sctp(base::ByteView packet);

// INIT and INIT ACK (§3.3.2, §3.3.3).
struct SctpInit {
  std::uint32_t tag = 0;
  std::uint32_t window = 0;
  std::uint16_t outbound = 0, inbound = 0;  // streams
  std::uint32_t initial_tsn = 0;
  bool forward_tsn = false, reconfig = false;  // supported, RFC 3758 §3.1 and RFC 5061 §4.2.7
  base::ByteView cookie;                       // of an INIT ACK
};
std::optional<SctpInit> parse_sctp_init(base::ByteView value);

struct SctpData {
  bool immediate = false, unordered = false, begin = false, end = false;
  std::uint32_t tsn = 0;
  std::uint16_t stream = 0, ssn = 0;
  std::uint32_t ppid = 0;
  base::ByteView payload;  // not empty
};
std::optional<SctpData> parse_sctp_data(const SctpChunk& chunk);

struct SctpGap {
  std::uint16_t start = 0, end = 0;  // offsets from the cumulative TSN, both included
};
struct SctpSack {
  std::uint32_t cumulative_tsn = 0;
  std::uint32_t window = 0;
  base::ByteView gap_bytes;
  std::size_t gap_count() const { return gap_bytes.size() / 4; }
  SctpGap gap(std::size_t i) const;
};
std::optional<SctpSack> parse_sctp_sack(base::ByteView value);

struct SctpSkipped {
  std::uint16_t stream = 0, ssn = 0;
};
struct SctpForwardTsn {
  std::uint32_t cumulative_tsn = 0;
  base::ByteView stream_bytes;
  std::size_t stream_count() const { return stream_bytes.size() / 4; }
  SctpSkipped stream(std::size_t i) const;
};
std::optional<SctpForwardTsn> parse_sctp_forward_tsn(base::ByteView value);

std::optional<std::uint32_t> parse_sctp_shutdown(base::ByteView value);  // the cumulative TSN

// The parameters of a RE-CONFIG chunk (RFC 6525 §4).
inline constexpr std::uint16_t sctp_outgoing_reset = 13, sctp_incoming_reset = 14, sctp_tsn_reset = 15,
                               sctp_reconfig_response = 16, sctp_add_outgoing = 17, sctp_add_incoming = 18;
struct SctpParameter {
  std::uint16_t type = 0;
  base::ByteView value;
};
class SctpParameterReader {
 public:
  explicit SctpParameterReader(base::ByteView bytes) : reader_(bytes) {}
  std::optional<SctpParameter> next();
  bool ok() const { return reader_.ok(); }

 private:
  base::ByteReader reader_;
};

struct SctpOutgoingReset {
  std::uint32_t request = 0, response = 0, last_tsn = 0;
  base::ByteView stream_bytes;  // none: all streams
  std::size_t stream_count() const { return stream_bytes.size() / 2; }
  std::uint16_t stream(std::size_t i) const { return base::load_u16(&stream_bytes[2 * i]); }
};
std::optional<SctpOutgoingReset> parse_sctp_outgoing_reset(base::ByteView value);

enum class SctpReconfigResult : std::uint32_t {
  nothing_to_do = 0,
  performed = 1,
  denied = 2,
  wrong_stream = 3,
  in_progress_already = 4,
  bad_sequence = 5,
  in_progress = 6,
};
struct SctpReconfigResponse {
  std::uint32_t request = 0;
  SctpReconfigResult result = SctpReconfigResult::performed;
};
std::optional<SctpReconfigResponse> parse_sctp_reconfig_response(base::ByteView value);

// Writes one packet. A chunk that does not fit is a mistake of the caller, who asks left() before; finish() then says
// 0.
class SctpPacketWriter {
 public:
  SctpPacketWriter(base::ByteSpan out, const SctpHeader& header);
  std::size_t left() const { return writer_.left(); }
  bool empty() const { return writer_.size() <= sctp_header_size; }

  void chunk(SctpChunkType type, std::uint8_t flags, base::ByteView value = {});
  void raw(base::ByteView whole_chunk) { writer_.bytes(whole_chunk); }
  void init(SctpChunkType type, const SctpInit& init);
  void data(const SctpData& data);
  void sack(std::uint32_t cumulative_tsn, std::uint32_t window, std::span<const SctpGap> gaps,
            std::span<const std::uint32_t> duplicates);
  void forward_tsn(std::uint32_t cumulative_tsn, std::span<const SctpSkipped> streams);
  void outgoing_reset(std::uint32_t request, std::uint32_t response, std::uint32_t last_tsn,
                      std::span<const std::uint16_t> streams);
  void reconfig_response(const SctpReconfigResponse& response);
  void abort(std::uint8_t flags, std::uint16_t cause, std::string_view why);
  void shutdown(std::uint32_t cumulative_tsn);

  std::size_t finish();  // the packet's size; 0 when there is no chunk or one did not fit

 private:
  std::size_t begin(SctpChunkType type, std::uint8_t flags);
  void end(std::size_t at);

  base::ByteSpan out_;
  base::ByteWriter writer_;
};

}  // namespace greenroom::wire
