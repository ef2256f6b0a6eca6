#include "wire/rtp_extensions.hpp"

#include <algorithm>

namespace greenroom::wire {
namespace {

// RFC 8843 §15, RFC 8852 §3: a token or alphanumeric characters; both are inside the printable ones without a space.
bool is_stream_text_character(std::uint8_t c) { return c > 0x20 && c < 0x7F; }

}  // namespace

std::optional<std::string_view> decode_stream_text(base::ByteView value) {
  // Senders may pad with zeros (RFC 7941 §4.1 allows it for a stable size).
  while (!value.empty() && value.back() == 0) value = value.first(value.size() - 1);
  if (value.empty() || value.size() > max_stream_text_size) return std::nullopt;
  if (!std::all_of(value.begin(), value.end(), is_stream_text_character)) return std::nullopt;
  return base::as_text(value);
}

std::optional<base::Duration> decode_abs_send_time(base::ByteView value) {
  if (value.size() != 3) return std::nullopt;
  return base::Duration((std::int64_t(base::load_u24(value.data())) * 1'000'000) >> abs_send_time_fraction_bits);
}

std::optional<SeqNo> decode_transport_sequence(base::ByteView value) {
  if (value.size() != 2) return std::nullopt;
  return SeqNo{base::load_u16(value.data())};
}

std::array<std::uint8_t, 1> encode_audio_level(AudioLevel level) {
  return {std::uint8_t((level.voice ? 0x80 : 0) | std::min<int>(level.minus_dbov, 127))};
}

// The two-byte form may carry a pad byte behind the level (RFC 6464 §3).
std::optional<AudioLevel> decode_audio_level(base::ByteView value) {
  if (value.empty() || value.size() > 2) return std::nullopt;
  return AudioLevel{(value[0] & 0x80) != 0, std::uint8_t(value[0] & 0x7F)};
}

std::array<std::uint8_t, 1> encode_video_orientation(VideoOrientation orientation) {
  return {std::uint8_t((orientation.back_camera ? 8 : 0) | (orientation.flipped ? 4 : 0) |
                       (orientation.rotation_degrees / 90 & 3))};
}

std::optional<VideoOrientation> decode_video_orientation(base::ByteView value) {
  if (value.size() != 1) return std::nullopt;
  return VideoOrientation{(value[0] & 8) != 0, (value[0] & 4) != 0, std::uint16_t((value[0] & 3) * 90)};
}

}  // namespace greenroom::wire
