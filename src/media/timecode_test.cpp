#include "media/timecode.hpp"

#include <vector>

namespace greenroom::media {
namespace {

TEST(Timecode, ReadsWhatWasDrawn) {
  std::vector<std::uint8_t> pixels(640 * 360, 100);
  const GrayView image{pixels, 640, 360, 640};
  for (int number : {0, 1, 0x5555, 0xAAAA, 899, 65'535}) {
    draw_timecode(image, std::uint16_t(number));
    EXPECT_EQ(read_timecode(image, {0, 0, 640, 360}), std::uint16_t(number));
  }
}

TEST(Timecode, ABlankTileHasNoNumber) {
  std::vector<std::uint8_t> pixels(640 * 360, 100);
  EXPECT_EQ(read_timecode({pixels, 640, 360, 640}, {0, 0, 640, 360}), std::nullopt);
  EXPECT_EQ(read_timecode({pixels, 640, 360, 640}, {600, 300, 640, 360}), std::nullopt);
}

}  // namespace
}  // namespace greenroom::media
