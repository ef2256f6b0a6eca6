// Turns a backup log into something media can decode: frames out of packets, in order, without duplicates, muxed to
// Matroska on the RTP timeline (a gap keeps its length, C-07), and the anchors that tie this timeline to the server's
// clock. Facts about what is missing come along. A log may be encrypted.
#pragma once
#include <filesystem>
#include <vector>

#include "base/result.hpp"
#include "crypto/at_rest.hpp"
#include "media/clock_fit.hpp"
#include "record/log.hpp"

namespace greenroom::record {

struct Gap {
  double start_s = 0;  // on the track's timeline
  double end_s = 0;
  std::uint64_t packets = 0;  // missing
};

// A stretch of sound in which the sender sent nothing, though no packet is missing: it was muted, or Opus had nothing
// to say (DTX, which repeats itself every 400 ms, RFC 6716 §2.1.9).
struct Quiet {
  double start_s = 0;
  double end_s = 0;
  bool muted = false;
};
inline constexpr double dtx_s_max = 0.5;

struct Exported {
  TrackHeader header;
  double started_at_ms = 0;                 // server time of the track's zero
  std::vector<media::ClockAnchor> anchors;  // frame = samples of the track's clock since its zero; up to four a second
  std::vector<Gap> gaps;
  std::uint64_t packets = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t frames = 0;
  double duration_s = 0;
  bool torn = false;  // the log ends without its end record
  std::vector<Quiet> quiets = {};
};

// Only what the log is of.
base::Result<TrackHeader> read_header(const std::filesystem::path& log, const crypto::StorageKeys& keys = {});

// How much of a log holds its checksums.
struct LogCheck {
  std::uint64_t valid_bytes = 0;
  std::uint64_t packets = 0;
  bool ended = false;
};
base::Result<LogCheck> check_log(const std::filesystem::path& log, const crypto::StorageKeys& keys = {});

base::Result<Exported> export_log(const std::filesystem::path& log, const std::filesystem::path& matroska,
                                  const crypto::StorageKeys& keys = {});

}  // namespace greenroom::record
