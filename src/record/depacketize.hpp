// Frames out of the RTP packets of one track: Opus (RFC 7587) here, video in record/pictures.hpp. Packets are put in
// order by their extended sequence number, repetitions dropped, and what is missing is stated. A video frame that lacks
// a packet is left out, and so is everything after it that cannot be decoded without it: up to the next key frame.
// Pure.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "record/log.hpp"

namespace greenroom::record {

enum class TrackCodec { opus, vp8, vp9, h264, av1 };
std::optional<TrackCodec> codec_of(std::string_view mime_type);

struct TimedPacket {
  std::int64_t sequence = 0;  // extended
  std::int64_t ticks = 0;     // of the track's clock, extended; the first packet in order has 0
  base::WallTime arrival{};
  bool marker = false;
  base::ByteView payload;
};

// A sender report on the same line of ticks.
struct TimedReport {
  std::int64_t ticks = 0;
  std::uint64_t ntp = 0;
  base::WallTime arrival{};
};

struct TrackPackets {
  TrackHeader header;
  std::vector<TimedPacket> packets;  // by sequence, without repetitions
  std::vector<TimedReport> reports;
  std::uint64_t duplicates = 0;
  std::uint64_t malformed = 0;
  bool ended = false;
  std::optional<base::WallTime> ended_at;
};

// The views inside live as long as the log's bytes.
base::Result<TrackPackets> read_track(base::ByteView log);

struct MissingPackets {
  std::int64_t from_ticks = 0;  // of the last packet before
  std::int64_t to_ticks = 0;    // of the first packet after
  std::uint64_t packets = 0;
};
std::vector<MissingPackets> missing_packets(const std::vector<TimedPacket>& packets);

struct Frame {
  std::int64_t ticks = 0;
  std::int64_t duration = 0;  // of Opus, in ticks
  bool key = true;
  base::Bytes data;
};
void depacketize(TrackCodec codec, const std::vector<TimedPacket>& packets,
                 const std::function<void(const Frame&)>& sink);

// RFC 6716 §3.1: how long an Opus packet sounds, in samples at 48 kHz; 0 for a malformed one.
int opus_duration(base::ByteView packet);

}  // namespace greenroom::record
