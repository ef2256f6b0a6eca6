#include "media/clock_fit.hpp"

#include <algorithm>
#include <cmath>

#include "media/median.hpp"

namespace greenroom::media {
namespace {

constexpr std::size_t theil_sen_points = 200;  // 19,900 slopes: a millisecond of work
constexpr std::size_t step_window_min = 5;     // anchors on either side of a suspected jump
constexpr std::size_t step_window_max = 15;
constexpr std::size_t anchors_for_slope = 8;
constexpr double span_for_slope_s = 5;

using Anchors = std::span<const ClockAnchor>;

std::vector<ClockAnchor> thin(Anchors anchors, std::size_t count) {
  if (anchors.size() <= count) return {anchors.begin(), anchors.end()};
  std::vector<ClockAnchor> some;
  for (std::size_t i = 0; i < count; ++i) some.push_back(anchors[i * (anchors.size() - 1) / (count - 1)]);
  return some;
}

// The median of the slopes of all pairs: correct with up to 29 % of the anchors wrong by anything (Theil and Sen).
double theil_sen_slope(Anchors anchors, double fallback) {
  const auto some = thin(anchors, theil_sen_points);
  std::vector<double> slopes;
  for (std::size_t i = 0; i < some.size(); ++i)
    for (std::size_t j = i + 1; j < some.size(); ++j)
      if (some[j].frame > some[i].frame)
        slopes.push_back((some[j].wall_ms - some[i].wall_ms) / double(some[j].frame - some[i].frame));
  return slopes.empty() ? fallback : median(std::move(slopes));
}

struct Line {
  double slope = 0;
  double offset = 0;  // wall_ms at frame `origin`
  std::int64_t origin = 0;
  double at(std::int64_t frame) const { return offset + double(frame - origin) * slope; }
};

std::vector<double> residuals(Anchors anchors, const Line& line) {
  std::vector<double> out;
  for (const auto& a : anchors) out.push_back(a.wall_ms - line.at(a.frame));
  return out;
}

Line line_through(Anchors anchors, double slope) {
  Line line{slope, anchors.front().wall_ms, anchors.front().frame};
  line.offset += median(residuals(anchors, line));
  return line;
}

double spread(std::span<const double> values) {
  std::vector<double> absolute;
  for (double v : values) absolute.push_back(std::abs(v));
  return 1.4826 * median(std::move(absolute));
}

// Weighted least squares around a robust start: anchors beyond three spreads count nothing, the others almost fully
// (Tukey's biweight). This takes the noise down with the square root of the number of anchors, as a median does not.
Line refine(Anchors anchors, Line line) {
  const auto rest = residuals(anchors, line);
  const double reach = 4.685 * std::max(spread(rest), 0.05);
  double weights = 0, mean_x = 0, mean_y = 0;
  std::vector<double> weight(anchors.size());
  for (std::size_t i = 0; i < anchors.size(); ++i) {
    const double u = rest[i] / reach;
    weight[i] = std::abs(u) < 1 ? (1 - u * u) * (1 - u * u) : 0;
    weights += weight[i];
    mean_x += weight[i] * double(anchors[i].frame - line.origin);
    mean_y += weight[i] * rest[i];
  }
  if (weights <= 0) return line;
  mean_x /= weights, mean_y /= weights;
  double xx = 0, xy = 0;
  for (std::size_t i = 0; i < anchors.size(); ++i) {
    const double x = double(anchors[i].frame - line.origin) - mean_x;
    xx += weight[i] * x * x, xy += weight[i] * x * (rest[i] - mean_y);
  }
  const double slope = xx > 0 ? xy / xx : 0;
  line.offset += mean_y - slope * mean_x;
  line.slope += slope;
  return line;
}

bool slope_is_known(Anchors anchors, double nominal_rate) {
  return anchors.size() >= anchors_for_slope &&
         double(anchors.back().frame - anchors.front().frame) >= span_for_slope_s * nominal_rate;
}

// A device may run at a third of the rate it claims (16 for 48 kHz); beyond that the timestamps are nonsense.
bool is_plausible(double slope, double nominal_rate) {
  const double ratio = slope * nominal_rate / 1000;
  return ratio > 0.2 && ratio < 5;
}

Line fit_line(Anchors anchors, double nominal_rate, double known_slope) {
  if (!slope_is_known(anchors, nominal_rate)) return line_through(anchors, known_slope);
  Line line = line_through(anchors, theil_sen_slope(anchors, known_slope));
  for (int round = 0; round < 3; ++round) line = refine(anchors, line);
  return is_plausible(line.slope, nominal_rate) ? line : line_through(anchors, 1000 / nominal_rate);
}

double median_of(std::span<const double> values) { return median({values.begin(), values.end()}); }

double step_at(std::span<const double> rest, std::size_t i, std::size_t window) {
  return median_of(rest.subspan(i, window)) - median_of(rest.subspan(i - window, window));
}

// A run of late anchors too short to trust, between two stretches that agree, is no jump and back: both borders go.
void forget_excursions(std::span<const double> rest, double limit, std::vector<std::size_t>& steps) {
  const auto window = step_window_max;
  for (std::size_t i = 0; i + 1 < steps.size();) {
    const std::size_t from = steps[i], to = steps[i + 1];
    const auto before = rest.subspan(from - std::min(from, window), std::min(from, window));
    const auto after = rest.subspan(to, std::min(rest.size() - to, window));
    const bool short_and_back = to - from < 2 * window && std::abs(median_of(after) - median_of(before)) <= limit;
    if (short_and_back)
      steps.erase(steps.begin() + std::ptrdiff_t(i), steps.begin() + std::ptrdiff_t(i) + 2);
    else
      ++i;
  }
}

// Where the level before `i` ends and the one after it begins, so that what the anchors differ from theirs is least in
// sum; no single one counts more than the jump. Most of the window behind `i` lies behind the jump.
std::size_t border_near(std::span<const double> rest, std::size_t i, std::size_t window) {
  const auto behind = i + window / 2;
  const double before = median_of(rest.subspan(i - window, window));
  const double after = median_of(rest.subspan(behind, std::min(window, rest.size() - behind)));
  const auto apart = [&](double value, double level) {
    return std::min(std::abs(value - level), std::abs(after - before));
  };
  std::size_t best = i;
  double cost = 0, least = 0;
  for (std::size_t j = i; j + 1 < i + window; ++j) {
    cost += apart(rest[j], before) - apart(rest[j], after);
    if (cost < least) least = cost, best = j + 1;
  }
  return best;
}

// Indices at which the clock jumps: where the medians of the anchors before and after differ by more than jitter does.
// The residuals are taken around the slope that most neighbours agree on, which a jump does not disturb.
std::vector<std::size_t> find_steps(Anchors anchors, double slope) {
  std::vector<std::size_t> steps;
  if (anchors.size() < 2 * step_window_min) return steps;
  const auto window = std::clamp(anchors.size() / 4, step_window_min, step_window_max);
  const auto rest = residuals(anchors, {slope, anchors.front().wall_ms, anchors.front().frame});
  std::vector<double> changes;
  for (std::size_t i = 1; i < rest.size(); ++i) changes.push_back(rest[i] - rest[i - 1]);
  const double limit = std::max(clock_step_ms_min, 6 * spread(changes));
  for (std::size_t i = window; i + window <= rest.size();) {
    if (std::abs(step_at(rest, i, window)) <= limit) {
      ++i;
      continue;
    }
    steps.push_back(border_near(rest, i, window));
    i = steps.back() + window;
  }
  forget_excursions(rest, limit, steps);
  return steps;
}

// The median slope between neighbours some anchors apart: a jump stands between few of these pairs, so it does not move
// it.
double neighbour_slope(Anchors anchors, double fallback) {
  const std::size_t reach = std::min<std::size_t>(anchors.size() / 6, 30);
  std::vector<double> slopes;
  for (std::size_t i = 0; reach > 0 && i + reach < anchors.size(); ++i)
    if (anchors[i + reach].frame > anchors[i].frame)
      slopes.push_back((anchors[i + reach].wall_ms - anchors[i].wall_ms) /
                       double(anchors[i + reach].frame - anchors[i].frame));
  return slopes.empty() ? fallback : median(std::move(slopes));
}

double percentile_95(std::vector<double> values) {
  if (values.empty()) return 0;
  for (double& v : values) v = std::abs(v);
  const auto nth = values.begin() + std::ptrdiff_t(double(values.size() - 1) * 0.95);
  std::nth_element(values.begin(), nth, values.end());
  return *nth;
}

// The frames before and behind a jump over which it is made up for: at most half of either segment, whose other half is
// the next jump's.
double bridge_reach(const ClockSegment& before, const ClockSegment& after, double after_end, double jump_ms) {
  const double wanted = std::abs(jump_ms) / (2 * bridged_slope * after.ms_per_frame);
  const double halves = std::min(double(after.first_frame - before.first_frame), after_end - double(after.first_frame));
  return std::floor(std::min(wanted, halves / 2));
}

}  // namespace

double ClockFit::at(double frame) const {
  const ClockSegment* current = &segments.front();
  for (const auto& segment : segments)
    if (double(segment.first_frame) <= frame) current = &segment;
  return current->at(frame);
}

ClockFit bridged(const ClockFit& fit, std::int64_t end_frame) {
  ClockFit out = fit;
  out.segments = {fit.segments.front()};
  for (std::size_t i = 1; i < fit.segments.size(); ++i) {
    const auto& before = fit.segments[i - 1];
    const auto& after = fit.segments[i];
    const double end = i + 1 < fit.segments.size() ? double(fit.segments[i + 1].first_frame) : double(end_frame);
    const double jump = after.start_ms - before.at(double(after.first_frame));
    const double reach = bridge_reach(before, after, end, jump);
    const bool steep = std::abs(jump) > 2 * reach * after.ms_per_frame * bridged_slope_max;
    if (std::abs(jump) > bridged_jump_ms_max || steep) {
      out.segments.push_back(after);
      continue;
    }
    const double from = double(after.first_frame) - reach, to = double(after.first_frame) + reach;
    const double slope = (after.at(to) - before.at(from)) / (to - from);
    out.segments.push_back({std::int64_t(from), before.at(from), slope});
    out.segments.push_back({std::int64_t(to), after.at(to), after.ms_per_frame});
  }
  return out;
}

ClockFit fit_clock(Anchors anchors, double nominal_rate, double fallback_start_ms) {
  const double nominal = 1000.0 / nominal_rate;
  if (anchors.empty()) return {{{0, fallback_start_ms, nominal}}, 0, 0, 0};
  double common = slope_is_known(anchors, nominal_rate) ? neighbour_slope(anchors, nominal) : nominal;
  if (!is_plausible(common, nominal_rate)) common = nominal;
  auto borders = find_steps(anchors, common);
  borders.insert(borders.begin(), 0);
  borders.push_back(anchors.size());
  ClockFit fit;
  std::vector<double> rest;
  std::int64_t longest = -1;
  for (std::size_t i = 0; i + 1 < borders.size(); ++i) {
    const auto part = anchors.subspan(borders[i], borders[i + 1] - borders[i]);
    const Line line = fit_line(part, nominal_rate, common);
    const auto own = residuals(part, line);
    rest.insert(rest.end(), own.begin(), own.end());
    fit.segments.push_back({part.front().frame, line.at(part.front().frame), line.slope});
    if (const auto length = part.back().frame - part.front().frame; length > longest) {
      longest = length;
      fit.drift_ppm = (line.slope / nominal - 1) * 1e6;
    }
  }
  fit.residual_ms = percentile_95(std::move(rest));
  // The mean of n anchors is sqrt(n) better than one; at the ends of a fitted line the error is twice that of its
  // middle.
  fit.line_error_ms =
      fit.residual_ms / std::sqrt(double(std::max<std::size_t>(anchors.size() / fit.segments.size(), 1)));
  return fit;
}

}  // namespace greenroom::media
