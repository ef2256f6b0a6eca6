// Who sits where in the picture: pure arithmetic on even-sized rectangles (4:2:0 chroma wants even edges).
#pragma once
#include <vector>

namespace greenroom::media {

inline constexpr int tiles_max = 16;

struct Size {
  int width = 0;
  int height = 0;
  friend bool operator==(const Size&, const Size&) = default;
};

struct Rect {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
  friend bool operator==(const Rect&, const Rect&) = default;
};

enum class Fit { contain, cover };

// Equal tiles in the canvas's aspect, the last row centred.
std::vector<Rect> grid_layout(Size canvas, int tiles, int gap);
// The screen large on the left, people in a column on the right. Tile 0 is the screen.
std::vector<Rect> screen_layout(Size canvas, int people, int gap);
// Where a picture of `source` goes inside `tile`, and which part of the picture is shown.
struct Placement {
  Rect from;  // in the source
  Rect to;    // in the tile's canvas
};
Placement place(Size source, Rect tile, Fit fit);

}  // namespace greenroom::media
