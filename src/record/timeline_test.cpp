#include "record/timeline.hpp"

#include <cmath>

#include "base/rng.hpp"

namespace greenroom::record {
namespace {

constexpr double began_ms = 1.7e12;
constexpr int packet_ticks = 960;  // 20 ms

// A sender of sound whose device, or whose way to the server, is `more_ms` late from `at_s` on.
struct Sender {
  double device_ms = 0;
  double way_ms = 0;
  double at_s = 8;
};

double captured_ms(const Sender& sender, double ticks) {
  return began_ms + ticks / 48 + (ticks >= sender.at_s * 48'000 ? sender.device_ms : 0);
}

base::WallTime wall(double ms) { return base::WallTime(std::chrono::microseconds(std::llround(ms * 1000))); }

std::uint64_t ntp(double ms) { return std::uint64_t((ms / 1000 + 2'208'988'800.0) * 4'294'967'296.0); }

TrackPackets received(const Sender& sender, int seconds) {
  base::SeededRng rng(7);
  TrackPackets track;
  track.header.mime_type = "audio/opus", track.header.clock_rate = 48'000;
  const auto way = [&](double ticks) {
    return 15 + 3 * rng.unit() + (ticks >= sender.at_s * 48'000 ? sender.way_ms : 0);
  };
  for (std::int64_t i = 0; i < seconds * 50; ++i) {
    const auto ticks = i * packet_ticks;
    const double arrival = captured_ms(sender, double(ticks)) + way(double(ticks));
    track.packets.push_back({i, ticks, wall(arrival), false, {}});
    if (i % 150 != 0) continue;
    track.reports.push_back({ticks, ntp(captured_ms(sender, double(ticks))), wall(arrival)});
  }
  return track;
}

// The server sees what reached it soonest; that it took `soonest_ms` it cannot see.
constexpr double look_ahead_ms = 6.5, soonest_ms = 18;

void expect_right(const TrackTimeline& timeline, const Sender& sender, int seconds) {
  const auto fit = media::fit_clock(timeline.anchors, 48'000, 0);
  for (double s = 0.25; s < seconds; s += 0.5)
    EXPECT_NEAR(fit.at(s * 48'000) - captured_ms(sender, s * 48'000) + look_ahead_ms, soonest_ms, 4) << s << " s";
}

TEST(Timeline, ADeviceThatStoodStillIsRightOnBothSides) {
  const Sender sender{.device_ms = 100};
  const auto timeline = find_timeline(received(sender, 12));
  EXPECT_TRUE(timeline.by_sender_reports);
  expect_right(timeline, sender, 12);
}

TEST(Timeline, AWayThatBecameLongerMovesNothing) {
  const Sender sender{.way_ms = 100};
  const auto timeline = find_timeline(received(sender, 12));
  EXPECT_TRUE(timeline.by_sender_reports);
  expect_right(timeline, sender, 12);
}

}  // namespace
}  // namespace greenroom::record
