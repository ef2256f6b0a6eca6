#include "media/chapters.hpp"

#include <gtest/gtest.h>

#include "media/leave_out.hpp"

namespace greenroom::media {
namespace {

TakeInput take_with(std::vector<MarkerInput> markers) {
  TakeInput take;
  take.started_at_ms = 1.76e12;
  take.stopped_at_ms = take.started_at_ms + 10'000;
  for (auto& marker : markers) marker.at_ms += take.started_at_ms;
  take.markers = std::move(markers);
  return take;
}

TEST(Chapters, TileTheEpisode) {
  const auto chapters = tiled(chapters_of(take_with({{7'000, "Questions"}, {2'500, "The vents"}, {4'000, ""}})), 10);
  EXPECT_EQ(chapters,
            (std::vector<Chapter>{{0, 2.5, "Start"}, {2.5, 4, "The vents"}, {4, 7, "Marker 2"}, {7, 10, "Questions"}}));
}

TEST(Chapters, WithoutMarkersThereAreNone) { EXPECT_TRUE(tiled(chapters_of(take_with({})), 10).empty()); }

TEST(Chapters, AtTheEdgesAndTogether) {
  const auto chapters = tiled(chapters_of(take_with({{-50, "A"}, {10, "B"}, {10'000, "End"}, {11'000, "Late"}})), 10);
  ASSERT_EQ(chapters.size(), 2u);
  EXPECT_EQ(chapters[0], (Chapter{0, 9.96, "A / B"}));
  EXPECT_EQ(chapters[1].title, "End / Late");
  EXPECT_GT(chapters[1].end_s, chapters[1].start_s);
}

TEST(Chapters, MoveForwardOverAPause) {
  Plan plan;
  plan.duration_s = 10;
  plan.samples = 480'000, plan.frames = 300;
  plan.chapters = chapters_of(take_with({{1'000, "before"}, {4'000, "in it"}, {8'000, "after"}}));
  const std::vector<Stretch> pauses{{2, 3}, {3.5, 5}};
  ASSERT_TRUE(leave_out(plan, pauses));
  EXPECT_EQ(plan.duration_s, 7.5);
  ASSERT_EQ(plan.chapters.size(), 3u);
  EXPECT_EQ(plan.chapters[0].start_s, 1);
  EXPECT_EQ(plan.chapters[1].start_s, 2.5);  // where the pause was
  EXPECT_EQ(plan.chapters[2].start_s, 5.5);
}

}  // namespace
}  // namespace greenroom::media
