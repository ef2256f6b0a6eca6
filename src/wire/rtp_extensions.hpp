// The values inside RTP header extensions, and the URIs they are negotiated by. Values, any thread; decoders return
// nothing for a value of the wrong size.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "wire/rtp_types.hpp"

namespace greenroom::wire {

inline constexpr std::string_view uri_mid = "urn:ietf:params:rtp-hdrext:sdes:mid";
inline constexpr std::string_view uri_rid = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
inline constexpr std::string_view uri_repaired_rid = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
inline constexpr std::string_view uri_abs_send_time = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
inline constexpr std::string_view uri_transport_sequence =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
inline constexpr std::string_view uri_audio_level = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
inline constexpr std::string_view uri_video_orientation = "urn:3gpp:video-orientation";
inline constexpr std::string_view uri_time_offset = "urn:ietf:params:rtp-hdrext:toffset";
inline constexpr std::string_view uri_dependency_descriptor =
    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";
inline constexpr std::string_view uri_abs_capture_time =
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";
inline constexpr std::string_view uri_playout_delay = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";

// RFC 8852 §3.3, RFC 8843 §15: mid, rid and repaired rid are short texts. Ours are at most 16 bytes, so that they fit
// the one-byte form.
inline constexpr std::size_t max_stream_text_size = 16;
std::optional<std::string_view> decode_stream_text(base::ByteView value);

// Seconds modulo 64 as 6.18 fixed point. Here, for each packet sent needs it.
inline constexpr std::int64_t abs_send_time_period_us = 64'000'000;
inline constexpr int abs_send_time_fraction_bits = 18;
inline std::array<std::uint8_t, 3> encode_abs_send_time(base::Instant now) {
  const std::int64_t us =
      ((now.time_since_epoch().count() % abs_send_time_period_us) + abs_send_time_period_us) % abs_send_time_period_us;
  const auto value = std::uint32_t((us << abs_send_time_fraction_bits) / 1'000'000);
  return {std::uint8_t(value >> 16), std::uint8_t(value >> 8), std::uint8_t(value)};
}
// Time since the last multiple of 64 s of the sender's clock.
std::optional<base::Duration> decode_abs_send_time(base::ByteView value);

inline std::array<std::uint8_t, 2> encode_transport_sequence(SeqNo seq) {
  return {std::uint8_t(seq.value >> 8), std::uint8_t(seq.value)};
}
std::optional<SeqNo> decode_transport_sequence(base::ByteView value);

// RFC 6464 §3.
struct AudioLevel {
  bool voice = false;
  std::uint8_t minus_dbov = 127;  // 0 loudest, 127 silence
  friend bool operator==(const AudioLevel&, const AudioLevel&) = default;
};
std::array<std::uint8_t, 1> encode_audio_level(AudioLevel level);
std::optional<AudioLevel> decode_audio_level(base::ByteView value);

// 3GPP TS 26.114 §7.4.5.
struct VideoOrientation {
  bool back_camera = false;
  bool flipped = false;
  std::uint16_t rotation_degrees = 0;  // 0, 90, 180, 270: how far to turn the picture clockwise to show it upright
  friend bool operator==(const VideoOrientation&, const VideoOrientation&) = default;
};
std::array<std::uint8_t, 1> encode_video_orientation(VideoOrientation orientation);
std::optional<VideoOrientation> decode_video_orientation(base::ByteView value);

}  // namespace greenroom::wire
