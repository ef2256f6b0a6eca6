// The backup log of one track: append-only, exactly what the SFU received and when, nothing decoded or repaired. Each
// record carries its length and a CRC, so a process killed at any instant leaves a valid prefix. What is missing stays
// missing here and becomes a stated gap when the log is read (see record/depacketize.hpp). Pure: bytes in, bytes out;
// record/recorder.hpp owns the files.
//
// File: "GRLG" u8 version(1), then records: u32 length of body, u32 crc32 of body, body; the body's first byte is its
// type. All integers big-endian, texts are u16 length + bytes. The first record is the header.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace greenroom::record {

inline constexpr std::size_t log_record_size_max = 64 * 1024;  // an RTP packet is far smaller
inline constexpr std::size_t log_text_size_max = 1024;

inline constexpr base::ErrorCode not_a_log{base::ErrorKind::corrupt, "record.not_a_log"};
inline constexpr base::ErrorCode unusable_track{base::ErrorKind::unsupported, "record.unusable_track"};
inline constexpr base::ErrorCode log_io{base::ErrorKind::io, "record.io"};

struct TrackHeader {
  std::string recording;    // the take's id
  std::string track;        // the SFU's id of the track
  std::string participant;  // the participant's id
  std::string source;       // "mic", "camera" or "screen"
  std::string kind;         // "audio" or "video"
  std::string mime_type;    // "audio/opus", "video/VP8", "video/H264"
  std::uint32_t clock_rate = 0;
  std::uint8_t channels = 0;  // 0 for video
  base::WallTime started{};
  friend bool operator==(const TrackHeader&, const TrackHeader&) = default;
};

struct LoggedPacket {
  base::WallTime arrival{};
  base::ByteView rtp;  // the whole decrypted packet; on reading a view into the log's bytes
};

// RFC 3550 §6.4.1: the sender says that its NTP time `ntp` (32.32 fixed point) and RTP time `rtp_time` are one instant.
struct LoggedSenderReport {
  base::WallTime arrival{};
  std::uint64_t ntp = 0;
  std::uint32_t rtp_time = 0;
};

struct LoggedEnd {
  base::WallTime at{};
};

using LogRecord = std::variant<TrackHeader, LoggedPacket, LoggedSenderReport, LoggedEnd>;

void write_log_start(base::Bytes& out);
void write_log_record(const LogRecord& record, base::Bytes& out);

// Reads records off a whole log in memory. Stops for good at the first torn or damaged record: what follows a broken
// length cannot be trusted. ended_cleanly() tells a torn end from a proper one.
class LogReader {
 public:
  explicit LogReader(base::ByteView log);
  std::optional<LogRecord> next();
  bool valid() const { return valid_; }             // the file starts like a log
  std::size_t valid_bytes() const { return at_; }   // the length of the valid prefix
  bool torn() const { return at_ != log_.size(); }  // bytes behind the valid prefix (after next() gave nothing)

 private:
  base::ByteView log_;
  std::size_t at_ = 0;
  bool valid_ = false;
  bool stopped_ = false;
};

}  // namespace greenroom::record
