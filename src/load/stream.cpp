#include "load/stream.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "rtc/capabilities.hpp"
#include "wire/rtp_extensions.hpp"

namespace greenroom::load {
namespace {

bool is_ours(const wire::RtpCodecCapability& codec) {
  return base::equal_without_case(codec.mime_type, "audio/opus") ||
         base::equal_without_case(codec.mime_type, "video/VP8");
}

std::optional<std::int64_t> repaired_by(const std::optional<wire::CodecParameters>& parameters) {
  return rtc::number_of(parameters ? &*parameters : nullptr, "apt");
}

std::uint8_t extension_id(const wire::RtpCapabilities& device, wire::MediaKind kind, std::string_view uri) {
  for (const auto& extension : device.header_extensions.value_or(std::vector<wire::RtpHeaderExtensionCapability>{}))
    if (extension.uri == uri && extension.kind.value_or(kind) == kind) return extension.preferred_id;
  return 0;
}

wire::RtpCodecParameters to_parameters(const wire::RtpCodecCapability& codec) {
  return {codec.mime_type,  codec.preferred_payload_type.value_or(0),
          codec.clock_rate, codec.channels,
          codec.parameters, codec.rtcp_feedback};
}
}  // namespace

wire::RtpCapabilities device_capabilities(const wire::RtpCapabilities& router) {
  wire::RtpCapabilities device{std::vector<wire::RtpCodecCapability>{}, router.header_extensions};
  std::vector<std::int64_t> chosen;
  for (const auto& codec : router.codecs.value_or(std::vector<wire::RtpCodecCapability>{})) {
    const auto apt = repaired_by(codec.parameters);
    const bool repairs = apt && std::ranges::find(chosen, *apt) != chosen.end();
    if (!is_ours(codec) && !repairs) continue;
    chosen.push_back(codec.preferred_payload_type.value_or(0));
    device.codecs->push_back(codec);
  }
  return device;
}

base::Result<wire::RtpParameters> sending_parameters(const wire::RtpCapabilities& device, wire::MediaKind kind,
                                                     std::string mid, std::uint32_t ssrc) {
  wire::RtpParameters out;
  out.mid = std::move(mid);
  for (const auto& codec : *device.codecs)
    if (codec.kind == kind) out.codecs.push_back(to_parameters(codec));
  if (out.codecs.empty()) return base::fail(bad_answer, "the server's router has neither Opus nor VP8");
  out.header_extensions.emplace();
  using namespace wire;
  for (const auto uri : {uri_mid, uri_abs_send_time, uri_transport_sequence, uri_audio_level})
    if (const auto id = extension_id(device, kind, uri))
      out.header_extensions->push_back({std::string(uri), id, false, {}});
  wire::RtpEncodingParameters encoding;
  encoding.ssrc = ssrc;
  if (out.codecs.size() > 1) encoding.rtx = wire::RtxParameters{ssrc + 1};
  out.encodings = std::vector{encoding};
  out.rtcp = wire::RtcpParameters{"load", true, true};
  return out;
}

base::Result<StreamNumbers> numbers_of(wire::MediaKind kind, const wire::RtpParameters& parameters) {
  if (parameters.codecs.empty() || !parameters.encodings || parameters.encodings->empty() ||
      !parameters.encodings->front().ssrc)
    return base::fail(bad_answer, "rtpParameters without a codec or an SSRC");
  StreamNumbers out;
  const auto& codec = parameters.codecs.front();
  const auto& encoding = parameters.encodings->front();
  out.kind = kind;
  out.payload_type = codec.payload_type;
  out.clock_rate = codec.clock_rate;
  out.ssrc = *encoding.ssrc;
  if (encoding.rtx) out.rtx_ssrc = encoding.rtx->ssrc;
  for (const auto& other : parameters.codecs)
    if (repaired_by(other.parameters) == codec.payload_type) out.rtx_payload_type = other.payload_type;
  out.mid = parameters.mid.value_or("");
  for (const auto& extension :
       parameters.header_extensions.value_or(std::vector<wire::RtpHeaderExtensionParameters>{})) {
    if (extension.uri == wire::uri_mid) out.mid_id = extension.id;
    if (extension.uri == wire::uri_abs_send_time) out.abs_send_time_id = extension.id;
    if (extension.uri == wire::uri_transport_sequence) out.transport_wide_id = extension.id;
    if (extension.uri == wire::uri_audio_level) out.audio_level_id = extension.id;
  }
  return out;
}

}  // namespace greenroom::load
