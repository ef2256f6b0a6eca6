// A frame counter drawn into test pictures, and the eye that reads it back out of a composite. Layout, in a picture
// 640 wide (scaled with the tile): squares of 20x20 from x=40, y=20: white, black (sync), then 16 squares, most
// significant bit first, white = 1. Pure; used by tests, the demo's report and inspect().
#pragma once
#include <cstdint>
#include <optional>
#include <span>

#include "media/layout.hpp"

namespace greenroom::media {

struct GrayView {
  std::span<std::uint8_t> pixels;
  int width = 0;
  int height = 0;
  int stride = 0;
};

inline constexpr int timecode_bits = 16;
inline constexpr int timecode_reference_width = 640;
inline constexpr int timecode_square = 20;
inline constexpr int timecode_x = 40;  // of the white sync square
inline constexpr int timecode_y = 20;

void draw_timecode(GrayView image, std::uint16_t number);
// Nothing when the sync squares are missing or a bit is neither clearly black nor white.
std::optional<std::uint16_t> read_timecode(GrayView image, Rect tile);

}  // namespace greenroom::media
