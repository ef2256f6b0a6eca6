// Recordings whose content is known exactly, for tests and benches: microphones with wrong clocks and holes, cameras
// with burned-in frame counters and the uneven timing of MediaRecorder, backups in Opus. Nothing here runs in a job.
#pragma once
#include <filesystem>
#include <functional>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "media/clock_fit.hpp"
#include "media/layout.hpp"

namespace greenroom::media::synthetic {

using Sound = std::function<double(double take_s)>;

// Noise between 200 and 4000 Hz, the same at every call for one seed, different for others; about -20 dBFS.
Sound voice(std::uint64_t seed);
Sound tone(double hz, double amplitude);

struct Microphone {
  double start_s = 0;  // of the first frame, on the take's timeline
  double length_s = 0;
  double ppm = 0;        // how slow its clock runs
  int rate = 48'000;     // declared
  double true_rate = 0;  // what it really does; 0: as declared
  int channels = 1;
  double jitter_ms = 0;  // of the timestamps
  double block_s = 0.5;
  std::vector<std::pair<double, double>> gaps = {};  // seconds of the stem that are missing
};
// A stem of blocks.
base::Status write_microphone(const std::filesystem::path& file, const Microphone& mic, const Sound& sound,
                              double take_started_at_ms);

// The same by a browser's own recorder: Opus in Matroska, with the browser's time in each packet.
base::Status write_opus_microphone(const std::filesystem::path& file, const Microphone& mic, const Sound& sound);

struct Camera {
  const char* encoder = "libvpx";  // or libvpx-vp9, libx264
  Size size{640, 360};
  int frames = 0;
  int first_number = 0;
  double fps = 30;
  double jitter_s = 0.004;  // uneven frame times
  int hole_before = 0;      // this frame and all behind it come ...
  double hole_s = 0;        // ... so much later
  bool live = true;         // no duration, no cues, as MediaRecorder writes
  bool mp4 = false;         // in fragments, as MediaRecorder writes where it knows no WebM
};
base::Status write_camera(const std::filesystem::path& file, const Camera& camera);

struct Backup {
  double start_s = 0;
  double length_s = 0;
  double delay_ms = 0;                               // the path to the server
  std::vector<std::pair<double, double>> gaps = {};  // seconds of the track that never arrived
};
// Opus in Matroska, and the anchors that a log's export would give.
base::Result<std::vector<ClockAnchor>> write_backup(const std::filesystem::path& file, const Backup& backup,
                                                    const Sound& sound, double take_started_at_ms);

// Encoded frames as a browser would put them into packets.
struct EncodedFrame {
  double time_s = 0;
  bool key = true;
  base::Bytes data;
};
base::Result<std::vector<EncodedFrame>> encode_voice(const Sound& sound, double start_s,
                                                     double length_s);        // 20 ms Opus
base::Result<std::vector<EncodedFrame>> encode_camera(const Camera& camera);  // VP8; H.264 as Annex B

}  // namespace greenroom::media::synthetic
