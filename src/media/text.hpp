// Words as a mask: white on black, cropped to the words, in DejaVu Sans (libavfilter's drawtext). An empty mask when
// there is no such font: captions are a courtesy, not a reason to fail.
#pragma once
#include <string_view>

#include "media/picture.hpp"

namespace greenroom::media {

inline constexpr std::size_t caption_bytes_max = 200;

Plane render_text(std::string_view text, int height, int width_max);

}  // namespace greenroom::media
