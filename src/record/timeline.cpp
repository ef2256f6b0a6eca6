#include "record/timeline.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "media/median.hpp"

namespace greenroom::record {
namespace {

using media::ClockAnchor;

// How long after its capture a packet may arrive at best: encoding and a long way, but no more.
constexpr double delay_ms_min = -5, delay_ms_max = 250;
constexpr double report_outlier_ms = 20;
constexpr double offset_window_ms = 60'000;
// The decoder's output lags its input by the encoder's look-ahead (RFC 7845 §5.1: pre-skip, 312 samples in libopus).
constexpr double opus_look_ahead_ms = 6.5;

double wall_ms(base::WallTime t) { return double(base::to_micros(t)) / 1000; }

// 32.32 fixed point since 1900 as milliseconds since 1970; only differences matter.
double ntp_ms(std::uint64_t ntp) {
  return (double(ntp >> 32) - 2'208'988'800.0) * 1000 + double(ntp & 0xFFFFFFFF) / 4'294'967.296;
}

double rate_of(const TrackPackets& track) { return track.header.clock_rate ? track.header.clock_rate : 90'000; }

// For sound the last sample of a packet must be there before the packet can leave.
double packet_length_ms(const TrackPackets& track, const TimedPacket& packet) {
  return codec_of(track.header.mime_type) == TrackCodec::opus ? opus_duration(packet.payload) / 48.0 : 0;
}

constexpr int anchors_a_second = 4;  // fine enough to see where a device stood still

// Of each quarter of a second of the track the packet that was least delayed.
std::vector<ClockAnchor> arrival_anchors(const TrackPackets& track) {
  const double rate = rate_of(track);
  std::vector<ClockAnchor> anchors;
  std::int64_t slot = -1;
  double least = 0;
  for (const auto& packet : track.packets) {
    const double captured = wall_ms(packet.arrival) - packet_length_ms(track, packet);
    const double delay = captured - double(packet.ticks) * 1000 / rate;
    const auto now = std::int64_t(double(packet.ticks) * anchors_a_second / rate);
    if (now != slot) {
      slot = now, least = delay;
      anchors.push_back({packet.ticks, captured});
    } else if (delay < least) {
      least = delay;
      anchors.back() = {packet.ticks, captured};
    }
  }
  return anchors;
}

// The sender's clock against ours, by the least delayed report around each one: over hours the two clocks drift apart.
double least_offset_ms(const TrackPackets& track, std::size_t around) {
  const double middle = ntp_ms(track.reports[around].ntp);
  double offset = std::numeric_limits<double>::infinity();
  for (const auto& report : track.reports)
    if (std::abs(ntp_ms(report.ntp) - middle) <= offset_window_ms)
      offset = std::min(offset, wall_ms(report.arrival) - ntp_ms(report.ntp));
  return offset;
}

std::vector<ClockAnchor> report_anchors(const TrackPackets& track) {
  std::vector<ClockAnchor> anchors;
  for (std::size_t i = 0; i < track.reports.size(); ++i)
    if (const auto& report = track.reports[i]; anchors.empty() || report.ticks > anchors.back().frame)
      anchors.push_back({report.ticks, ntp_ms(report.ntp) + least_offset_ms(track, i)});
  return anchors;
}

// Leaves out single reports that contradict the others.
std::vector<ClockAnchor> without_outliers(std::vector<ClockAnchor> anchors, double rate) {
  if (anchors.size() < 3) return anchors;
  std::vector<double> offsets;
  for (const auto& a : anchors) offsets.push_back(a.wall_ms - double(a.frame) * 1000 / rate);
  const double middle = media::median(offsets);
  const double drift = 1e-3 * 1000 * double(anchors.back().frame - anchors.front().frame) / rate;  // a thousand ppm
  std::vector<ClockAnchor> kept;
  for (std::size_t i = 0; i < anchors.size(); ++i)
    if (std::abs(offsets[i] - middle) <= report_outlier_ms + drift) kept.push_back(anchors[i]);
  return kept;
}

// How much later than on `line` the anchors lie.
std::vector<double> apart(const std::vector<ClockAnchor>& anchors, const media::ClockFit& line) {
  std::vector<double> out;
  for (const auto& anchor : anchors) out.push_back(anchor.wall_ms - line.at(double(anchor.frame)));
  return out;
}

bool may_take(double delay_ms) { return delay_ms >= delay_ms_min && delay_ms <= delay_ms_max; }

bool agrees_with_arrival(const media::ClockFit& reports, const std::vector<ClockAnchor>& arrivals) {
  auto delays = apart(arrivals, reports);
  const auto tenth = delays.begin() + std::ptrdiff_t(delays.size() / 10);
  std::nth_element(delays.begin(), tenth, delays.end());
  return may_take(*tenth);
}

// What single values differ from their median, in the mean.
double scatter(const std::vector<double>& values) {
  const double middle = media::median(values);
  double sum = 0;
  for (double value : values) sum += std::abs(value - middle);
  return sum / double(values.size());
}

// Where packets begin to come later at once, the device has stood still or their way has become longer. Reports are too
// few to say when, but tell which: if it was the device, they keep their distance from the arrivals, else their line.
// That distance is what packets are on their way; none where it was not the device.
std::optional<double> delay_of_a_jumping_device(const media::ClockFit& arrivals,
                                                const std::vector<ClockAnchor>& reports,
                                                const media::ClockFit& by_reports) {
  if (arrivals.segments.size() < 2) return std::nullopt;
  const auto early = apart(reports, arrivals);
  if (scatter(early) >= scatter(apart(reports, by_reports))) return std::nullopt;
  const double delay = -media::median(early);
  return may_take(delay) ? std::optional(delay) : std::nullopt;
}

}  // namespace

TrackTimeline find_timeline(const TrackPackets& track) {
  if (track.packets.empty()) return {};
  const double rate = rate_of(track);
  TrackTimeline out{arrival_anchors(track)};
  auto fit = media::fit_clock(out.anchors, rate, wall_ms(track.packets.front().arrival));
  double late = codec_of(track.header.mime_type) == TrackCodec::opus ? opus_look_ahead_ms : 0;
  const auto reports = report_anchors(track);
  if (auto kept = without_outliers(reports, rate); !kept.empty()) {
    const auto by_reports = media::fit_clock(kept, rate, 0);
    if (const auto delay = delay_of_a_jumping_device(fit, reports, by_reports)) {
      late += *delay, out.by_sender_reports = true;
    } else if (agrees_with_arrival(by_reports, out.anchors)) {
      out.anchors = std::move(kept), fit = by_reports, out.by_sender_reports = true;
    }
  }
  for (auto& anchor : out.anchors) anchor.wall_ms -= late;
  out.started_at_ms = fit.at(0) - late;
  return out;
}

}  // namespace greenroom::record
