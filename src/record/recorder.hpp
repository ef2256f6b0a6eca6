// Writes the backup logs: <root>/<recording>/<track>.grlog, one per track, encrypted where there are keys. Owned by the
// recorder thread alone, which drains a mailbox of RecorderInput into handle() and calls advance() a few times a
// second. Everything handed over is durable at most flush_interval later (fsync). A failure to write marks that track
// as failed and is counted; the others go on. Never throws, never blocks anyone but its own thread.
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <variant>

#include "base/log.hpp"
#include "base/result.hpp"
#include "crypto/at_rest.hpp"
#include "crypto/random.hpp"
#include "record/log.hpp"

namespace greenroom::record {

inline constexpr base::Duration flush_interval = std::chrono::seconds(1);
inline constexpr std::size_t write_buffer_size = 256 * 1024;  // written out when full, even between flushes
inline constexpr std::size_t open_tracks_max = 512;
inline constexpr std::size_t recordings_max = 512;

// Whose the tracks are that begin from now on: the scope that they are encrypted under.
struct RecordingStarted {
  std::string recording;
  crypto::Scope scope;
};

// header.started is the wall time of the start; header.track must be unique within one server process.
struct TrackStarted {
  TrackHeader header;
};
struct TrackPacket {
  std::string recording;
  std::string track;
  base::WallTime arrival{};
  base::Bytes rtp;
};
struct TrackSenderReport {
  std::string recording;
  std::string track;
  base::WallTime arrival{};
  std::uint64_t ntp = 0;
  std::uint32_t rtp_time = 0;
};
struct TrackEnded {
  std::string recording;
  std::string track;
  base::WallTime at{};
};
// The take is over: every open track of it is ended and closed.
struct RecordingEnded {
  std::string recording;
  base::WallTime at{};
};
using RecorderInput =
    std::variant<RecordingStarted, TrackStarted, TrackPacket, TrackSenderReport, TrackEnded, RecordingEnded>;

struct RecorderStats {
  std::uint64_t open_tracks = 0;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint64_t dropped = 0;  // for tracks that are unknown, failed or over the bound
};

class Recorder {
 public:
  Recorder(std::filesystem::path root, base::LogSink& log, crypto::StorageKeys keys = {});
  ~Recorder();
  void handle(const RecorderInput& input);
  // Writes and fsyncs what has waited for flush_interval.
  void advance(base::WallTime now);
  // Writes and fsyncs everything now: before the process ends.
  void flush();
  const RecorderStats& stats() const { return stats_; }

 private:
  class Track;
  using Key = std::pair<std::string, std::string>;  // recording, track
  void begin(const RecordingStarted& recording);
  void start(const TrackHeader& header);
  void append(const Key& key, const LogRecord& record);
  void end(const Key& key, base::WallTime at);
  void end_recording(const std::string& recording, base::WallTime at);
  std::filesystem::path root_;
  base::LogSink& log_;
  const crypto::StorageKeys keys_;
  crypto::SystemRng rng_;
  std::map<std::string, crypto::Scope> scopes_;  // by recording
  std::map<Key, std::unique_ptr<Track>> tracks_;
  base::WallTime flushed_{};
  RecorderStats stats_;
};

// The logs of one recording, in the order of their names; empty when there are none.
std::vector<std::filesystem::path> find_logs(const std::filesystem::path& root, const std::string& recording);

}  // namespace greenroom::record
