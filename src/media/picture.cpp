#include "media/picture.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace greenroom::media {
namespace {

Plane make_plane(int width, int height, std::uint8_t value) {
  return {std::vector<std::uint8_t>(std::size_t(width) * std::size_t(height), value), width, height};
}

Rect halved(Rect r) { return {r.x / 2, r.y / 2, r.width / 2, r.height / 2}; }

template <class F>
void each_pixel(Plane& plane, Rect area, F&& change) {
  const int x1 = std::min(area.x + area.width, plane.width), y1 = std::min(area.y + area.height, plane.height);
  for (int y = std::max(area.y, 0); y < y1; ++y)
    for (int x = std::max(area.x, 0); x < x1; ++x) plane.row(y)[x] = change(plane.row(y)[x]);
}

std::uint8_t mixed(int from, int to, int share) { return std::uint8_t(from + (to - from) * share / 256); }

std::uint8_t clip(int value) { return std::uint8_t(std::clamp(value, 0, 255)); }

}  // namespace

Picture make_picture(Size size, Colour c) {
  return {{make_plane(size.width, size.height, c.y), make_plane(size.width / 2, size.height / 2, c.u),
           make_plane(size.width / 2, size.height / 2, c.v)}};
}

void fill(Picture& picture, Rect area, Colour c) { tint(picture, area, c, 256); }

void tint(Picture& picture, Rect area, Colour c, int share) {
  each_pixel(picture.planes[0], area, [&](int v) { return mixed(v, c.y, share); });
  each_pixel(picture.planes[1], halved(area), [&](int v) { return mixed(v, c.u, share); });
  each_pixel(picture.planes[2], halved(area), [&](int v) { return mixed(v, c.v, share); });
}

void paste(const Picture& from, Picture& onto, int x, int y) {
  for (std::size_t p = 0; p < 3; ++p) {
    const auto& source = from.planes[p];
    const int left = p ? x / 2 : x, top = p ? y / 2 : y;
    for (int row = 0; row < source.height; ++row)
      std::memcpy(onto.planes[p].row(top + row) + left, source.row(row), std::size_t(source.width));
  }
}

void blend(const Plane& mask, Picture& onto, int x, int y, Colour c) {
  const std::array<std::uint8_t, 3> target{c.y, c.u, c.v};
  for (std::size_t p = 0; p < 3; ++p) {
    auto& plane = onto.planes[p];
    const int step = p ? 2 : 1;
    for (int my = 0; my < mask.height; my += step)
      for (int mx = 0; mx < mask.width; mx += step) {
        const int px = (x + mx) / step, py = (y + my) / step;
        if (px < 0 || py < 0 || px >= plane.width || py >= plane.height) continue;
        plane.row(py)[px] = mixed(plane.row(py)[px], target[p], mask.row(my)[mx] * 256 / 255);
      }
  }
}

// The product of BT.601's YCbCr -> RGB and BT.709's RGB -> YCbCr, in 1/65536: grey stays grey, chroma moves a little.
void convert_601_to_709(Picture& picture) {
  auto& [luma, cb, cr] = picture.planes;
  for (int y = 0; y < cb.height; ++y) {
    auto *u = cb.row(y), *v = cr.row(y);
    for (int x = 0; x < cb.width; ++x) {
      const int du = u[x] - 128, dv = v[x] - 128;
      const int dy = (-7'573 * du - 13'627 * dv) / 65'536;
      for (int k = 0; k < 4 && dy != 0; ++k) {
        auto& pixel = luma.row(2 * y + k / 2)[2 * x + k % 2];
        pixel = clip(pixel + dy);
      }
      u[x] = clip(128 + (66'758 * du + 7'512 * dv) / 65'536);
      v[x] = clip(128 + (4'918 * du + 67'196 * dv) / 65'536);
    }
  }
}

double mean_luma(const Picture& picture) {
  const auto& pixels = picture.planes[0].pixels;
  return pixels.empty()
             ? 0
             : double(std::accumulate(pixels.begin(), pixels.end(), std::uint64_t(0))) / double(pixels.size());
}

}  // namespace greenroom::media
