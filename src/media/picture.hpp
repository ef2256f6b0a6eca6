// A picture in planar YUV 4:2:0, 8 bits, limited range: what is decoded to, drawn on and encoded from. A value.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "media/layout.hpp"

namespace greenroom::media {

struct Colour {
  std::uint8_t y = 16;
  std::uint8_t u = 128;
  std::uint8_t v = 128;
};

struct Plane {
  std::vector<std::uint8_t> pixels;
  int width = 0;
  int height = 0;
  std::uint8_t* row(int y) { return pixels.data() + std::size_t(y) * std::size_t(width); }
  const std::uint8_t* row(int y) const { return pixels.data() + std::size_t(y) * std::size_t(width); }
};

struct Picture {
  std::array<Plane, 3> planes;
  Size size() const { return {planes[0].width, planes[0].height}; }
};

Picture make_picture(Size size, Colour colour);
void fill(Picture& picture, Rect area, Colour colour);
// Copies `from` onto `onto` with its upper left corner at (x, y), all even; inside the bounds.
void paste(const Picture& from, Picture& onto, int x, int y);
// A mask (0..255) blended in one colour at (x, y); clipped.
void blend(const Plane& mask, Picture& onto, int x, int y, Colour colour);
// Darkens an area: each value moves to `colour` by share/256.
void tint(Picture& picture, Rect area, Colour colour, int share);
// From the matrix of BT.601 (webcams, VP8) to that of BT.709 (our output).
void convert_601_to_709(Picture& picture);
double mean_luma(const Picture& picture);

}  // namespace greenroom::media
