// VP9 over RTP (RFC 9628 §4): the payload descriptor with its scalability structure, where a decoder can begin, and the
// size of a key frame. What selectors and rewriters read of it is in wire/picture_mark.hpp. Values over the caller's
// bytes, any thread.
#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "wire/frame_size.hpp"

namespace greenroom::wire {

inline constexpr std::size_t vp9_max_spatial_layers = 8;
inline constexpr std::size_t vp9_max_references = 3;  // P_DIFF of one picture

// SS (RFC 9628 §4.2.1): what the layers are. The pattern of pictures (N_G) is stepped over: nobody here needs it.
struct Vp9Structure {
  std::uint8_t spatial_layers = 1;
  bool sized = false;  // Y: sizes follow
  std::array<FrameSize, vp9_max_spatial_layers> sizes{};
  std::uint8_t pattern_pictures = 0;  // N_G
};

struct Vp9Descriptor {
  bool predicted = false;        // P: depends on earlier pictures
  bool flexible = false;         // F: references are listed here
  bool begins = false;           // B: first packet of a layer frame
  bool ends = false;             // E: last packet of it
  bool not_for_upper = false;    // Z: no spatial layer above depends on this one in this picture
  bool long_picture_id = false;  // M: 15 bits, not 7
  std::optional<std::uint16_t> picture_id;
  bool layered = false;  // L: the next four were said
  std::uint8_t temporal = 0, spatial = 0;
  bool switch_up = false;                         // U
  bool inter_layer = false;                       // D: depends on the spatial layer below in this picture
  std::optional<std::uint8_t> tl0_picture_index;  // only where not flexible
  std::array<std::uint8_t, vp9_max_references> references{};
  std::uint8_t reference_count = 0;
  std::optional<Vp9Structure> structure;
  std::uint16_t size = 0;                                    // of the descriptor
  std::uint8_t picture_id_at = 0, tl0_picture_index_at = 0;  // offsets into the payload; 0 when absent

  // Nothing when the descriptor does not fit the payload, or lists more references than there may be.
  static std::optional<Vp9Descriptor> parse(base::ByteView payload);
};

// The first packet of a picture from which a decoder can begin (§4.2: not predicted, lowest spatial layer).
bool begins_vp9_keyframe(const Vp9Descriptor& descriptor);
bool is_vp9_keyframe(base::ByteView payload);

// Of a coded key frame, without its descriptor (VP9 bitstream specification §6.2).
std::optional<FrameSize> vp9_coded_size(base::ByteView frame);

}  // namespace greenroom::wire
