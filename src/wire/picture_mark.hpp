// What one packet of video says of its picture, whatever the codec and wherever it says it: which layer it belongs to,
// where pictures and layers begin and end, and the two counters (picture id, TL0PICIDX) that must go on when encodings
// are switched. Made once, when the packet arrives; a selector and a rewriter read it for each subscriber. A value of
// 16 bytes, any thread. Without a descriptor it is all zeros: one layer, no counters.
#pragma once
#include <cstdint>

#include "base/bytes.hpp"

namespace greenroom::wire {

struct Vp8Descriptor;
struct Vp9Descriptor;

// The counters as they go out.
struct PictureNumbers {
  std::uint16_t picture_id = 0;  // as many of its low bits as the field has
  std::uint8_t tl0 = 0;
  friend bool operator==(const PictureNumbers&, const PictureNumbers&) = default;
};

struct PictureMark {
  PictureNumbers numbers;
  std::uint8_t picture_id_at = 0, tl0_at = 0;  // offsets into the payload; 0: the field is not there
  std::uint8_t head = 0;                       // bytes at the payload's front that these fields are within
  std::uint8_t spatial = 0, temporal = 0;
  bool layered : 1 = false;          // spatial and temporal were said
  bool long_picture_id : 1 = false;  // 15 bits, not 7
  bool starts : 1 = false;           // first packet of a picture, or of one of its spatial layers
  bool ends : 1 = false;             // last packet likewise, where the codec says so (VP9's E)
  bool predicted : 1 = false;        // depends on earlier pictures (VP9's P)
  bool switch_up : 1 = false;        // a higher temporal layer may be joined here (VP8's Y, VP9's U)
  bool flexible : 1 = false;         // VP9's F: references are listed, not fixed by a pattern
  bool closes_up : 1 = false;        // picture ids of left-out pictures are to be closed up (VP8)
  bool counted : 1 = false;          // the picture id is a frame number from elsewhere in the packet
  bool has_picture_id() const { return picture_id_at != 0 || counted; }
};

PictureMark mark_of(const Vp8Descriptor& descriptor);
PictureMark mark_of(const Vp9Descriptor& descriptor);

// Overwrites the counters; `payload` begins with the descriptor that the mark was made from.
void patch_picture(base::ByteSpan payload, const PictureMark& mark, PictureNumbers numbers);

}  // namespace greenroom::wire
