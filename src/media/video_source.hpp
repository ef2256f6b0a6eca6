// The pictures of one file in order, each with the moment it was shown (VFR: whatever the file says), scaled and
// cropped into a tile. A file cut short ends at its last whole frame; a frame that cannot be decoded is passed over.
// Used on one thread at a time.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/result.hpp"
#include "media/picture.hpp"

namespace greenroom::media {

class VideoSource {
 public:
  static base::Result<std::unique_ptr<VideoSource>> open(const std::filesystem::path& file);
  ~VideoSource();
  // Looks at the next picture: its presentation time in seconds; nothing at the end.
  base::Result<std::optional<double>> next();
  // Makes the picture that next() looked at the current one; next() may then look further ahead.
  void take();
  // Of the current picture (its size may change on the way).
  Size size() const;
  // The current picture inside a tile of this size: cropped or on `background`, in BT.709.
  base::Result<Picture> render(Size tile, Fit fit, Colour background);
  // The current picture's luma, untouched.
  Plane luma() const;

 private:
  struct State;
  explicit VideoSource(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace greenroom::media
