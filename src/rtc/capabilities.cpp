#include "rtc/capabilities.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "wire/rtp_extensions.hpp"

namespace greenroom::rtc {
namespace {
using namespace wire;

std::vector<RtcpFeedback> video_feedback() {
  return {{"nack", ""}, {"nack", "pli"}, {"ccm", "fir"}, {"goog-remb", ""}, {"transport-cc", ""}};
}

void add_video(std::vector<RtpCodecCapability>& codecs, std::string mime, std::uint8_t payload_type,
               CodecParameters parameters) {
  codecs.push_back(
      {MediaKind::video, std::move(mime), payload_type, 90000, {}, std::move(parameters), video_feedback()});
  codecs.push_back({MediaKind::video,
                    "video/rtx",
                    std::uint8_t(payload_type + 1),
                    90000,
                    {},
                    CodecParameters{{"apt", payload_type}},
                    std::vector<RtcpFeedback>{}});
}

CodecParameters h264(std::string_view profile_level_id) {
  return {{"packetization-mode", 1},
          {"profile-level-id", boost::json::string(profile_level_id)},
          {"level-asymmetry-allowed", 1}};
}

RtpHeaderExtensionCapability extension(MediaKind kind, std::string_view uri, std::uint8_t id,
                                       ExtensionDirection direction = ExtensionDirection::sendrecv) {
  return {kind, std::string(uri), id, false, direction};
}

struct Profile {
  enum class Name { baseline, constrained_baseline, main, high, other } name = Name::other;
  std::uint32_t raw = 0;
  bool operator==(const Profile& o) const { return name == o.name && (name != Name::other || raw == o.raw); }
};

// RFC 6184 §8.1: profile_idc, then the constraint bits; constrained baseline is a baseline or main with set1 (and
// set0).
Profile profile_of(const CodecParameters* parameters) {
  const std::string text = text_of(parameters, "profile-level-id").value_or("42e01f");
  std::uint32_t value = 0;
  if (text.size() != 6 || std::from_chars(text.data(), text.data() + 6, value, 16).ptr != text.data() + 6) return {};
  const auto idc = value >> 16, bits = value >> 8 & 0xff;
  if (idc == 0x42) return {bits & 0x40 ? Profile::Name::constrained_baseline : Profile::Name::baseline, value >> 8};
  if (idc == 0x4d) return {bits & 0x80 ? Profile::Name::constrained_baseline : Profile::Name::main, value >> 8};
  if (idc == 0x64) return {Profile::Name::high, value >> 8};
  return {Profile::Name::other, value >> 8};
}
}  // namespace

RtpCapabilities router_capabilities() {
  std::vector<RtpCodecCapability> codecs;
  codecs.push_back({MediaKind::audio, "audio/opus", 100, 48000, 2,
                    CodecParameters{{"minptime", 10}, {"useinbandfec", 1}},
                    std::vector<RtcpFeedback>{{"nack", ""}, {"transport-cc", ""}}});
  codecs.push_back({MediaKind::audio, "audio/red", 117, 48000, 2, CodecParameters{},
                    std::vector<RtcpFeedback>{{"transport-cc", ""}}});
  add_video(codecs, "video/VP8", 101, {});
  add_video(codecs, "video/VP9", 107, {{"profile-id", 0}});
  add_video(codecs, "video/VP9", 109, {{"profile-id", 2}});
  add_video(codecs, "video/H264", 103, h264("42e01f"));
  add_video(codecs, "video/H264", 111, h264("42001f"));
  add_video(codecs, "video/H264", 105, h264("4d0032"));
  add_video(codecs, "video/H264", 113, h264("640032"));
  add_video(codecs, "video/AV1", 115, {});

  using enum MediaKind;
  using enum ExtensionDirection;
  return {std::move(codecs), std::vector<RtpHeaderExtensionCapability>{
                                 extension(audio, uri_mid, 1),
                                 extension(video, uri_mid, 1),
                                 extension(video, uri_rid, 2, recvonly),
                                 extension(video, uri_repaired_rid, 3, recvonly),
                                 extension(audio, uri_abs_send_time, 4),
                                 extension(video, uri_abs_send_time, 4),
                                 extension(audio, uri_transport_sequence, 5, recvonly),
                                 extension(video, uri_transport_sequence, 5),
                                 extension(video, uri_dependency_descriptor, 8),
                                 extension(audio, uri_audio_level, 10),
                                 extension(video, uri_video_orientation, 11),
                                 extension(video, uri_time_offset, 12),
                                 extension(audio, uri_abs_capture_time, 13),
                                 extension(video, uri_abs_capture_time, 13),
                                 extension(audio, uri_playout_delay, 14),
                                 extension(video, uri_playout_delay, 14),
                             }};
}

CodecView view(const RtpCodecCapability& codec) {
  return {codec.mime_type, codec.clock_rate, codec.channels.value_or(1),
          codec.parameters ? &*codec.parameters : nullptr};
}

CodecView view(const RtpCodecParameters& codec) {
  return {codec.mime_type, codec.clock_rate, codec.channels.value_or(1),
          codec.parameters ? &*codec.parameters : nullptr};
}

bool is_rtx(std::string_view mime_type) {
  return base::equal_without_case(mime_type, "video/rtx") || base::equal_without_case(mime_type, "audio/rtx");
}

bool is_red(std::string_view mime_type) { return base::equal_without_case(mime_type, "audio/red"); }

bool same_codec(const CodecView& a, const CodecView& b) {
  if (!base::equal_without_case(a.mime_type, b.mime_type) || a.clock_rate != b.clock_rate || a.channels != b.channels)
    return false;
  const auto same_number = [&](std::string_view name) {
    return number_of(a.parameters, name).value_or(0) == number_of(b.parameters, name).value_or(0);
  };
  if (base::equal_without_case(a.mime_type, "video/VP9")) return same_number("profile-id");
  if (base::equal_without_case(a.mime_type, "video/AV1")) return same_number("profile");
  if (!base::equal_without_case(a.mime_type, "video/H264")) return true;
  const auto mode = [](const CodecView& c) { return number_of(c.parameters, "packetization-mode").value_or(0); };
  return mode(a) == mode(b) && profile_of(a.parameters) == profile_of(b.parameters);
}

std::optional<std::int64_t> number_of(const CodecParameters* parameters, std::string_view name) {
  if (!parameters) return std::nullopt;
  const auto found = parameters->find(std::string(name));
  if (found == parameters->end()) return std::nullopt;
  const auto& value = found->second;
  if (value.is_int64()) return value.get_int64();
  if (value.is_uint64() && value.get_uint64() <= INT64_MAX) return std::int64_t(value.get_uint64());
  if (value.is_double() && value.get_double() >= 0 && value.get_double() < 1e9) return std::int64_t(value.get_double());
  return std::nullopt;
}

std::optional<std::string> text_of(const CodecParameters* parameters, std::string_view name) {
  if (!parameters) return std::nullopt;
  const auto found = parameters->find(std::string(name));
  if (found == parameters->end() || !found->second.is_string()) return std::nullopt;
  return std::string(found->second.get_string());
}

ScalabilityMode scalability_mode_of(std::string_view text) {
  ScalabilityMode mode;
  if (text.empty() || (text[0] != 'L' && text[0] != 'S')) return mode;
  const auto* const end = text.data() + text.size();
  const auto spatial = std::from_chars(text.data() + 1, end, mode.spatial_layers);
  if (spatial.ec != std::errc() || spatial.ptr == end || *spatial.ptr != 'T') return {};
  const auto temporal = std::from_chars(spatial.ptr + 1, end, mode.temporal_layers);
  if (temporal.ec != std::errc()) return {};
  mode.spatial_layers = std::clamp(mode.spatial_layers, 1, 3);
  mode.temporal_layers = std::clamp(mode.temporal_layers, 1, 4);
  mode.key_dependent = text[0] == 'S' || std::string_view(temporal.ptr, std::size_t(end - temporal.ptr)) == "_KEY";
  return mode;
}

}  // namespace greenroom::rtc
