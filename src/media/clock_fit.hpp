// How a device's sample counter maps to the server's time: a robust piecewise line through the anchors that capture
// left behind (frame n was captured at t ms). A sound card runs up to a few hundred ppm off (C-05), starts whenever it
// starts (C-06), claims rates that it does not keep (C-14), and may jump when a device changes; single anchors are late
// or early by some milliseconds. Pure.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace greenroom::media {

struct ClockAnchor {
  std::int64_t frame = 0;
  double wall_ms = 0;
  friend bool operator==(const ClockAnchor&, const ClockAnchor&) = default;
};

// From first_frame on, frame f was captured at start_ms + (f - first_frame) * ms_per_frame.
struct ClockSegment {
  std::int64_t first_frame = 0;
  double start_ms = 0;
  double ms_per_frame = 0;
  double at(double frame) const { return start_ms + (frame - double(first_frame)) * ms_per_frame; }
};

struct ClockFit {
  std::vector<ClockSegment> segments;  // by first_frame; never empty
  double drift_ppm = 0;                // of the longest segment: positive when the device runs slow
  double residual_ms = 0;              // 95th percentile of |anchor - line|
  double line_error_ms = 0;            // how far the line itself may be off, judged by that spread
  double at(double frame) const;
};

inline constexpr double clock_step_ms_min = 20;  // a smaller jump is jitter
inline constexpr double drift_ppm_trusted = 1'000;

// A device that delivers frame after frame loses nothing where its clock jumps by less: it, or what stands between it
// and the recorder, has stood still. Such sound stays in one piece.
inline constexpr double bridged_jump_ms_max = 150;

// The same line without jumps of at most that size: what was torn is made up for in the seconds around, slower or
// faster by bridged_slope, or by up to bridged_slope_max where the next jump is near.
inline constexpr double bridged_slope = 0.005, bridged_slope_max = 0.05;
ClockFit bridged(const ClockFit& fit, std::int64_t end_frame);

// anchors by ascending frame; nominal_rate in frames a second. With no anchors the line starts at fallback_start_ms.
ClockFit fit_clock(std::span<const ClockAnchor> anchors, double nominal_rate, double fallback_start_ms);

}  // namespace greenroom::media
