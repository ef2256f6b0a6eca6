#include "record/depacketize.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "record/pictures.hpp"
#include "wire/rtp.hpp"

namespace greenroom::record {
namespace {

using base::ByteView;
using Sink = std::function<void(const Frame&)>;

// Follows a counter that wraps: each value is taken as the one nearest to the last.
template <class Small, class Signed>
class Unwrapper {
 public:
  std::int64_t operator()(Small value) { return *(last_ = near(value)); }
  // Without following: for values that may be wrong.
  std::int64_t near(Small value) const {
    return last_ ? *last_ + Signed(Small(value - Small(*last_))) : std::int64_t(value);
  }

 private:
  std::optional<std::int64_t> last_;
};

class TrackReader {
 public:
  void add(const LogRecord& record) {
    if (const auto* header = std::get_if<TrackHeader>(&record)) out.header = *header;
    if (const auto* packet = std::get_if<LoggedPacket>(&record)) add_packet(*packet);
    if (const auto* report = std::get_if<LoggedSenderReport>(&record)) add_report(*report);
    if (const auto* end = std::get_if<LoggedEnd>(&record)) out.ended = true, out.ended_at = end->at;
  }

  void put_in_order() {
    auto& packets = out.packets;
    std::stable_sort(packets.begin(), packets.end(),
                     [](const auto& a, const auto& b) { return a.sequence < b.sequence; });
    const auto same = [](const auto& a, const auto& b) { return a.sequence == b.sequence; };
    const auto last = std::unique(packets.begin(), packets.end(), same);
    out.duplicates = std::uint64_t(packets.end() - last);
    packets.erase(last, packets.end());
    if (packets.empty()) return;
    const auto zero = packets.front().ticks;
    for (auto& packet : packets) packet.ticks -= zero;
    for (auto& report : out.reports) report.ticks -= zero;
  }

  TrackPackets out;

 private:
  // A report before the first packet has no ticks to be near to: the next one will do.
  void add_report(const LoggedSenderReport& report) {
    if (!out.packets.empty()) out.reports.push_back({ticks_.near(report.rtp_time), report.ntp, report.arrival});
  }

  void add_packet(const LoggedPacket& packet) {
    const auto view = wire::RtpView::parse(packet.rtp);
    if (!view) {
      ++out.malformed;
      return;
    }
    if (view->payload().empty()) return;  // padding only: a probe
    out.packets.push_back({sequence_(view->sequence().value), ticks_(view->timestamp().value), packet.arrival,
                           view->marker(), view->payload()});
  }

  Unwrapper<std::uint16_t, std::int16_t> sequence_;
  Unwrapper<std::uint32_t, std::int32_t> ticks_;
};

void opus_frames(const std::vector<TimedPacket>& packets, const Sink& sink) {
  for (const auto& packet : packets)
    if (const int duration = opus_duration(packet.payload); duration > 0)
      sink({packet.ticks, duration, true, {packet.payload.begin(), packet.payload.end()}});
}

bool has_no_hole(Picture picture) {
  return picture.back().sequence - picture.front().sequence + 1 == std::int64_t(picture.size());
}

// A picture counts when nothing is missing before it either: its first packet must follow the last one of the picture
// before, or it must be a key frame that stands on its own.
template <class Assemble>
void video_frames(const std::vector<TimedPacket>& packets, Assemble&& assemble, const Sink& sink) {
  bool decodable = false;
  std::int64_t expected = 0;
  for (std::size_t from = 0; from < packets.size();) {
    std::size_t to = from + 1;
    while (to < packets.size() && packets[to].ticks == packets[from].ticks) ++to;
    const Picture picture(packets.data() + from, to - from);
    from = to;
    if (picture.front().sequence != expected) decodable = false;
    expected = picture.back().sequence + 1;
    const bool whole = has_no_hole(picture) && picture.back().marker;
    auto frame = whole ? assemble(picture) : std::nullopt;
    decodable = frame && (decodable || frame->key);
    if (decodable) sink(*frame);
  }
}

}  // namespace

std::optional<TrackCodec> codec_of(std::string_view mime_type) {
  const auto type = base::lower(mime_type);
  if (type == "audio/opus") return TrackCodec::opus;
  if (type == "video/vp8") return TrackCodec::vp8;
  if (type == "video/vp9") return TrackCodec::vp9;
  if (type == "video/h264") return TrackCodec::h264;
  if (type == "video/av1") return TrackCodec::av1;
  return std::nullopt;
}

base::Result<TrackPackets> read_track(ByteView log) {
  LogReader reader(log);
  if (!reader.valid()) return base::fail(not_a_log, "A backup track's log is not readable.");
  TrackReader track;
  while (const auto record = reader.next()) track.add(*record);
  track.put_in_order();
  return std::move(track.out);
}

std::vector<MissingPackets> missing_packets(const std::vector<TimedPacket>& packets) {
  std::vector<MissingPackets> missing;
  for (std::size_t i = 1; i < packets.size(); ++i)
    if (const auto step = packets[i].sequence - packets[i - 1].sequence; step > 1)
      missing.push_back({packets[i - 1].ticks, packets[i].ticks, std::uint64_t(step - 1)});
  return missing;
}

void depacketize(TrackCodec codec, const std::vector<TimedPacket>& packets, const Sink& sink) {
  switch (codec) {
    case TrackCodec::opus:
      return opus_frames(packets, sink);
    case TrackCodec::vp8:
      return video_frames(packets, vp8_frame, sink);
    case TrackCodec::vp9:
      return video_frames(packets, vp9_frame, sink);
    case TrackCodec::h264:
      return video_frames(packets, h264_frame, sink);
    case TrackCodec::av1:
      return video_frames(packets, av1_frame, sink);
  }
}

int opus_duration(ByteView packet) {
  if (packet.empty()) return 0;
  const int config = packet[0] >> 3, code = packet[0] & 3;
  int frame = 0;
  if (config < 12)
    frame = std::array{480, 960, 1920, 2880}[std::size_t(config & 3)];
  else if (config < 16)
    frame = config & 1 ? 960 : 480;
  else
    frame = 120 << (config & 3);
  if (code == 3 && packet.size() < 2) return 0;
  const int frames = code == 0 ? 1 : code < 3 ? 2 : packet[1] & 0x3F;
  return frames * frame <= 5'760 ? frames * frame : 0;  // §3.2.5: at most 120 ms
}

}  // namespace greenroom::record
