#include "wire/picture_mark.hpp"

#include <algorithm>

#include "wire/vp8.hpp"
#include "wire/vp9.hpp"

namespace greenroom::wire {

PictureMark mark_of(const Vp8Descriptor& d) {
  PictureMark mark;
  mark.numbers = {d.picture_id.value_or(0), d.tl0_picture_index.value_or(0)};
  mark.picture_id_at = d.picture_id_at;
  mark.tl0_at = d.tl0_picture_index_at;
  mark.head = d.size;
  mark.temporal = d.temporal_layer.value_or(0);
  mark.layered = d.temporal_layer.has_value();
  mark.long_picture_id = d.long_picture_id;
  mark.starts = d.starts_frame();
  mark.switch_up = d.layer_sync;
  mark.closes_up = true;
  return mark;
}

PictureMark mark_of(const Vp9Descriptor& d) {
  PictureMark mark;
  mark.numbers = {d.picture_id.value_or(0), d.tl0_picture_index.value_or(0)};
  mark.picture_id_at = d.picture_id_at;
  mark.tl0_at = d.tl0_picture_index_at;
  mark.head = std::uint8_t(std::max(d.picture_id_at + (d.picture_id_at ? 1 + d.long_picture_id : 0),
                                    d.tl0_picture_index_at + (d.tl0_picture_index_at ? 1 : 0)));
  mark.spatial = d.spatial, mark.temporal = d.temporal;
  mark.layered = d.layered;
  mark.long_picture_id = d.long_picture_id;
  mark.starts = d.begins, mark.ends = d.ends;
  mark.predicted = d.predicted;
  mark.switch_up = d.switch_up;
  mark.flexible = d.flexible;
  return mark;
}

void patch_picture(base::ByteSpan payload, const PictureMark& mark, PictureNumbers numbers) {
  if (mark.picture_id_at && mark.long_picture_id) {
    base::store_u16(&payload[mark.picture_id_at], std::uint16_t(0x8000 | numbers.picture_id));
  } else if (mark.picture_id_at) {
    payload[mark.picture_id_at] = std::uint8_t(numbers.picture_id & 0x7F);
  }
  if (mark.tl0_at) payload[mark.tl0_at] = numbers.tl0;
}

}  // namespace greenroom::wire
