// Any bytes as a log, and any payloads as packets of a track: reading and depacketizing stay inside, packets come out
// in order, and no frame is empty.
#include <array>
#include <cstdlib>

#include "record/depacketize.hpp"
#include "record/timeline.hpp"
#include "wire/rtp.hpp"

namespace {
using namespace greenroom;

constexpr std::array mime_types{"audio/opus", "video/VP8", "video/H264", "video/VP9", "video/AV1"};

void check(base::ByteView log) {
  const auto track = record::read_track(log);
  if (!track) return;
  for (std::size_t i = 1; i < track->packets.size(); ++i)
    if (track->packets[i].sequence <= track->packets[i - 1].sequence) std::abort();
  for (auto codec : {record::TrackCodec::opus, record::TrackCodec::vp8, record::TrackCodec::vp9,
                     record::TrackCodec::h264, record::TrackCodec::av1})
    record::depacketize(codec, track->packets, [](const record::Frame& frame) {
      if (frame.data.empty()) std::abort();
    });
  record::find_timeline(*track);
}

// Packets from the input: a byte of flags, a byte of length, the payload.
base::Bytes log_of(base::ByteReader in) {
  base::Bytes log;
  record::write_log_start(log);
  record::write_log_record(
      record::TrackHeader{"r", "t", "p", "mic", "audio", mime_types[in.u8() % mime_types.size()], 48'000, 2, {}}, log);
  std::uint16_t sequence = 0;
  std::uint32_t ticks = 0;
  while (in.left() > 2) {
    const auto flags = in.u8();
    const auto payload = in.take(std::min<std::size_t>(in.u8(), in.left()));
    sequence = std::uint16_t(sequence + (flags & 7));
    ticks += flags & 8 ? 960 : 0;
    base::Bytes packet(12 + payload.size());
    wire::write_rtp(packet, {{96}, (flags & 16) != 0, {sequence}, {ticks}, {1}}, {}, payload);
    record::write_log_record(record::LoggedPacket{base::wall_from_micros(ticks * 20), packet}, log);
    if (flags & 32) record::write_log_record(record::LoggedSenderReport{{}, ticks * 1'000ull, ticks ^ flags}, log);
  }
  return log;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::ByteView bytes(data, size);
  check(bytes);
  if (size > 0) check(log_of(base::ByteReader(bytes)));
  return 0;
}
