#include "media/layout.hpp"

namespace greenroom::media {
namespace {

constexpr Size canvas{1280, 720};

bool overlap(const Rect& a, const Rect& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

void expect_sound(const std::vector<Rect>& rects) {
  for (std::size_t i = 0; i < rects.size(); ++i) {
    const auto& r = rects[i];
    EXPECT_TRUE(r.x % 2 == 0 && r.y % 2 == 0 && r.width % 2 == 0 && r.height % 2 == 0);
    EXPECT_TRUE(r.x >= 0 && r.y >= 0 && r.x + r.width <= canvas.width && r.y + r.height <= canvas.height);
    EXPECT_GT(r.width, 60);
    for (std::size_t j = 0; j < i; ++j) EXPECT_FALSE(overlap(r, rects[j])) << i << " " << j;
  }
}

TEST(Layout, GridsFromOneToSixteenAreInsideEvenAndApart) {
  for (int tiles = 1; tiles <= tiles_max; ++tiles) {
    const auto rects = grid_layout(canvas, tiles, 8);
    ASSERT_EQ(rects.size(), std::size_t(tiles));
    expect_sound(rects);
  }
}

TEST(Layout, OneFillsThePictureAndTheThirdIsCentred) {
  EXPECT_EQ(grid_layout(canvas, 1, 8)[0], (Rect{0, 0, 1280, 720}));
  const auto three = grid_layout(canvas, 3, 0);
  EXPECT_EQ(three[0], (Rect{0, 0, 640, 360}));
  EXPECT_EQ(three[1], (Rect{640, 0, 640, 360}));
  EXPECT_EQ(three[2], (Rect{320, 360, 640, 360}));
}

TEST(Layout, ScreenIsLargeAndEverybodyStaysVisible) {
  for (int people = 0; people <= 10; ++people) {
    const auto rects = screen_layout(canvas, people, 8);
    ASSERT_EQ(rects.size(), std::size_t(people) + 1);
    expect_sound(rects);
    EXPECT_GT(rects[0].width * rects[0].height, canvas.width * canvas.height / 2);
  }
}

TEST(Layout, CoverCropsAndContainKeepsAll) {
  const Rect tile{100, 100, 640, 360};
  EXPECT_EQ(place({1280, 720}, tile, Fit::cover).from, (Rect{0, 0, 1280, 720}));
  EXPECT_EQ(place({640, 480}, tile, Fit::cover).from, (Rect{0, 60, 640, 360}));
  EXPECT_EQ(place({480, 640}, tile, Fit::contain).to, (Rect{284, 100, 270, 360}));
}

}  // namespace
}  // namespace greenroom::media
