#include "media/layout.hpp"

#include <algorithm>
#include <cmath>

namespace greenroom::media {
namespace {

int even(double value) { return int(value / 2) * 2; }

int columns_for(int tiles) {
  int columns = 1;
  while (columns * columns < tiles) ++columns;
  return columns;
}

// The largest rectangle of the given aspect inside width x height.
Size fit_aspect(double width, double height, double aspect) {
  if (width / height > aspect) return {even(height * aspect), even(height)};
  return {even(width), even(width / aspect)};
}

}  // namespace

std::vector<Rect> grid_layout(Size canvas, int tiles, int gap) {
  tiles = std::clamp(tiles, 0, tiles_max);
  if (tiles == 0) return {};
  if (tiles == 1) return {{0, 0, canvas.width, canvas.height}};
  const int columns = columns_for(tiles), rows = (tiles + columns - 1) / columns;
  const Size tile = fit_aspect(double(canvas.width - gap * (columns + 1)) / columns,
                               double(canvas.height - gap * (rows + 1)) / rows, double(canvas.width) / canvas.height);
  std::vector<Rect> rects;
  const int top = (canvas.height - rows * tile.height - (rows - 1) * gap) / 2;
  for (int i = 0; i < tiles; ++i) {
    const int row = i / columns;
    const int in_row = std::min(columns, tiles - row * columns);
    const int left = (canvas.width - in_row * tile.width - (in_row - 1) * gap) / 2;
    rects.push_back({even(left + (i % columns) * (tile.width + gap)), even(top + row * (tile.height + gap)), tile.width,
                     tile.height});
  }
  return rects;
}

std::vector<Rect> screen_layout(Size canvas, int people, int gap) {
  people = std::clamp(people, 0, tiles_max - 1);
  if (people == 0) return {{0, 0, canvas.width, canvas.height}};
  const double side = double(canvas.width) / std::max(5, people + 1);
  const Size person =
      fit_aspect(side, double(canvas.height - gap * (people + 1)) / people, double(canvas.width) / canvas.height);
  const int column = person.width + 2 * gap;
  const Size screen = fit_aspect(canvas.width - column - gap, canvas.height - 2 * gap,
                                 double(canvas.width - column - gap) / (canvas.height - 2 * gap));
  std::vector<Rect> rects{{even(gap), even((canvas.height - screen.height) / 2), screen.width, screen.height}};
  const int top = (canvas.height - people * person.height - (people - 1) * gap) / 2;
  for (int i = 0; i < people; ++i)
    rects.push_back(
        {even(canvas.width - gap - person.width), even(top + i * (person.height + gap)), person.width, person.height});
  return rects;
}

Placement place(Size source, Rect tile, Fit fit) {
  const double aspect = double(source.width) / source.height;
  const double wanted = double(tile.width) / tile.height;
  Placement out{{0, 0, source.width, source.height}, tile};
  if (fit == Fit::contain) {
    const Size size = fit_aspect(tile.width, tile.height, aspect);
    out.to = {tile.x + even((tile.width - size.width) / 2), tile.y + even((tile.height - size.height) / 2),
              std::max(2, size.width), std::max(2, size.height)};
  } else if (std::abs(aspect - wanted) / wanted > 0.01) {  // a percent of distortion is cheaper than a crop
    const Size size = fit_aspect(source.width, source.height, wanted);
    out.from = {even((source.width - size.width) / 2), even((source.height - size.height) / 2), std::max(2, size.width),
                std::max(2, size.height)};
  }
  return out;
}

}  // namespace greenroom::media
