#include "media/timecode.hpp"

#include <cmath>

namespace greenroom::media {
namespace {

constexpr int dark_max = 80;
constexpr int bright_min = 175;

struct Scaled {
  double unit = 1;
  Rect tile;
  // The square with index 0 is the white sync.
  double left(int index) const { return tile.x + (timecode_x + index * timecode_square) * unit; }
  double top() const { return tile.y + timecode_y * unit; }
};

// The mean of the middle half of a square: scaling and compression smear its edges.
std::optional<int> square_mean(const GrayView& image, const Scaled& at, int index) {
  const double quarter = timecode_square * at.unit / 4;
  const int x0 = int(at.left(index) + quarter), x1 = int(at.left(index) + 3 * quarter);
  const int y0 = int(at.top() + quarter), y1 = int(at.top() + 3 * quarter);
  if (x0 < 0 || y0 < 0 || x1 >= image.width || y1 >= image.height || x1 <= x0 || y1 <= y0) return std::nullopt;
  std::int64_t sum = 0;
  for (int y = y0; y < y1; ++y)
    for (int x = x0; x < x1; ++x) sum += image.pixels[std::size_t(y * image.stride + x)];
  return int(sum / ((x1 - x0) * (y1 - y0)));
}

std::optional<bool> read_square(const GrayView& image, const Scaled& at, int index) {
  const auto mean = square_mean(image, at, index);
  if (!mean || (*mean > dark_max && *mean < bright_min)) return std::nullopt;
  return *mean >= bright_min;
}

void fill_square(GrayView image, int index, bool white) {
  for (int y = timecode_y; y < timecode_y + timecode_square; ++y)
    for (int x = 0; x < timecode_square; ++x)
      image.pixels[std::size_t(y * image.stride + timecode_x + index * timecode_square + x)] = white ? 235 : 16;
}

}  // namespace

void draw_timecode(GrayView image, std::uint16_t number) {
  fill_square(image, 0, true);
  fill_square(image, 1, false);
  for (int bit = 0; bit < timecode_bits; ++bit) fill_square(image, 2 + bit, number >> (timecode_bits - 1 - bit) & 1);
}

std::optional<std::uint16_t> read_timecode(GrayView image, Rect tile) {
  const Scaled at{double(tile.width) / timecode_reference_width, tile};
  if (read_square(image, at, 0) != true || read_square(image, at, 1) != false) return std::nullopt;
  std::uint16_t number = 0;
  for (int bit = 0; bit < timecode_bits; ++bit) {
    const auto square = read_square(image, at, 2 + bit);
    if (!square) return std::nullopt;
    number = std::uint16_t(number << 1 | (*square ? 1 : 0));
  }
  return number;
}

}  // namespace greenroom::media
