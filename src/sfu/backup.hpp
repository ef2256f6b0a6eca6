// What the recorder is told: a recorder subscribes to a room like any other subscriber, and what a subscriber would be
// sent (decrypted, in its own continuous sequence and time line) comes out of the shard as these values instead. A
// track is one producer under one recording. Between BackupTrackStarted and BackupTrackEnded, packets come with rising
// sequence numbers except for late ones, each at most once; a gap that stays is a loss.
#pragma once
#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <variant>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "sfu/ids.hpp"
#include "wire/ortc.hpp"

namespace greenroom::sfu {

struct BackupTrackStarted {
  std::string recording;
  BackupTrackId track;
  ProducerId producer;
  PeerId peer;
  std::string user_id;
  std::string name;
  wire::MediaKind kind = wire::MediaKind::audio;
  std::string mime_type;  // "audio/opus", "video/VP8", "video/H264"
  std::uint8_t payload_type = 0;
  std::uint32_t clock_rate = 0;
  std::uint8_t channels = 0;  // 0 for video
  boost::json::value app_data;
  base::Instant at{};
};

struct BackupPacket {
  BackupTrackId track;
  base::Instant arrival{};
  base::ByteView rtp;  // whole RTP packet, no padding; lives as long as a Transmit's bytes
};

// The sender's own mapping of its RTP time line to its wall clock, translated into the track's time line.
struct BackupSenderReport {
  BackupTrackId track;
  std::uint64_t ntp = 0;       // 32.32 seconds since 1900, of the sender's clock
  std::uint32_t rtp_time = 0;  // of the track
  base::Instant arrival{};
};

struct BackupTrackEnded {
  BackupTrackId track;
  base::Instant at{};
};

using BackupRecord = std::variant<BackupTrackStarted, BackupPacket, BackupSenderReport, BackupTrackEnded>;

}  // namespace greenroom::sfu
