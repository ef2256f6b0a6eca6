#include "rtc/negotiation.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "rtc/detail/codec_lists.hpp"
#include "wire/rtp_extensions.hpp"

namespace greenroom::rtc {
namespace {
using namespace wire;
using namespace detail;
using base::Result;

constexpr std::size_t max_codecs = 32;      // a browser lists about twenty
constexpr std::size_t max_extensions = 32;  // likewise
constexpr std::size_t max_text = 255;       // mid, rid and cname fit one SDES item (RFC 3550 §6.5)
constexpr std::uint8_t max_extension_id = 255;

auto bad(std::string what) { return base::fail(errors::bad_rtp_parameters, std::move(what)); }

}  // namespace

ExtensionIds ids_of(const std::vector<RtpHeaderExtensionParameters>& extensions) {
  const auto id = [&](std::string_view uri) {
    const auto* e = find(extensions, [&](const auto& x) { return x.uri == uri; });
    return e ? e->id : std::uint8_t(0);
  };
  return {id(uri_mid),
          id(uri_rid),
          id(uri_repaired_rid),
          id(uri_abs_send_time),
          id(uri_transport_sequence),
          id(uri_audio_level),
          id(uri_video_orientation),
          id(uri_dependency_descriptor),
          id(uri_abs_capture_time),
          id(uri_playout_delay)};
}

namespace {

bool has_feedback(const std::optional<std::vector<RtcpFeedback>>& feedback, std::string type,
                  std::string parameter = "") {
  return std::ranges::count(list(feedback), RtcpFeedback{std::move(type), std::move(parameter)}) > 0;
}

Codec codec_of(std::string_view mime_type) {
  if (base::equal_without_case(mime_type, "video/VP8")) return Codec::vp8;
  if (base::equal_without_case(mime_type, "video/VP9")) return Codec::vp9;
  if (base::equal_without_case(mime_type, "video/AV1")) return Codec::av1;
  return base::equal_without_case(mime_type, "video/H264") ? Codec::h264 : Codec::opus;
}

MediaKind kind_of(std::string_view mime_type) {
  return mime_type.size() > 6 && base::equal_without_case(mime_type.substr(0, 6), "audio/") ? MediaKind::audio
                                                                                            : MediaKind::video;
}

// ---- a producer's parameters

base::Status check_sizes(const RtpParameters& p) {
  if (p.codecs.empty() || p.codecs.size() > max_codecs) return bad("codecs: one to 32 are needed");
  if (list(p.header_extensions).size() > max_extensions) return bad("headerExtensions: too many");
  if (p.mid.value_or("").size() > max_text) return bad("mid: too long");
  if (p.rtcp && p.rtcp->cname.value_or("").size() > max_text) return bad("rtcp.cname: too long");
  const auto& encodings = list(p.encodings);
  if (encodings.empty() || encodings.size() > max_encodings) return bad("encodings: one to three are needed");
  return {};
}

base::Status check_codecs(const RtpParameters& p) {
  std::set<std::uint8_t> seen;
  for (const auto& codec : p.codecs) {
    // RFC 5761 §4: payload types 64..95 collide with RTCP on a multiplexed port.
    if (codec.payload_type > 127 || (codec.payload_type >= 64 && codec.payload_type < 96)) {
      return bad("codecs: payloadType out of range");
    }
    if (!seen.insert(codec.payload_type).second) return bad("codecs: payloadType used twice");
  }
  return {};
}

base::Status check_extensions(const RtpParameters& p) {
  std::set<std::uint8_t> seen;
  for (const auto& extension : list(p.header_extensions)) {
    if (extension.id == 0 || extension.id > max_extension_id) return bad("headerExtensions: id out of range");
    if (!seen.insert(extension.id).second) return bad("headerExtensions: id used twice");
    if (extension.encrypt.value_or(false)) return bad("headerExtensions: encryption is not supported");
  }
  return {};
}

base::Status check_encodings(const RtpParameters& p) {
  std::set<std::uint32_t> ssrcs;
  std::set<std::string> rids;
  const auto& encodings = list(p.encodings);
  for (const auto& e : encodings) {
    const bool has_rid = e.rid && !e.rid->empty();
    if (!e.ssrc && !has_rid) return bad("encodings: ssrc or rid is needed");
    if (has_rid && (e.rid->size() > 16 || !rids.insert(*e.rid).second))
      return bad("encodings: rid too long or used twice");
    if (e.ssrc && !ssrcs.insert(*e.ssrc).second) return bad("encodings: ssrc used twice");
    if (e.rtx && !ssrcs.insert(e.rtx->ssrc).second) return bad("encodings: rtx.ssrc used twice");
  }
  return {};
}

// Every codec must be one of ours, and every retransmission of one of them.
base::Status check_supported(MediaKind kind, const RtpParameters& p, const RtpCapabilities& router) {
  for (const auto& codec : p.codecs) {
    if (kind_of(codec.mime_type) != kind) return bad("codecs: not of the given kind");
    if (is_rtx(codec.mime_type)) {
      const auto apt = number_of(view(codec).parameters, "apt");
      const auto repairs = [&](const auto& c) { return !is_rtx(c.mime_type) && apt == std::int64_t(c.payload_type); };
      if (!find(p.codecs, repairs)) return bad("codecs: rtx without a codec that its apt names");
    } else if (!router_codec(codec, router)) {
      return base::fail(errors::unsupported_codec, "this codec is not supported: " + codec.mime_type.substr(0, 64) +
                                                       ", payloadType " + std::to_string(codec.payload_type));
    }
  }
  return {};
}

struct MatchedCodec {
  const RtpCodecParameters* offered;
  const RtpCodecCapability* router;
  const RtpCodecParameters* red;  // null: without
};

// The first one is what is sent, but redundancy is only a coat around another.
Result<MatchedCodec> match_codec(MediaKind kind, const RtpParameters& p, const RtpCapabilities& router) {
  GREENROOM_CHECK_OK(check_supported(kind, p, router));
  const auto* media = find(p.codecs, [](const auto& c) { return !is_rtx(c.mime_type) && !is_red(c.mime_type); });
  if (!media) return bad("codecs: no media codec");
  const auto* red = find(p.codecs, [](const auto& c) { return is_red(c.mime_type); });
  return MatchedCodec{media, router_codec(*media, router), red};
}

RtpCodecParameters consumable_codec(const RtpCodecCapability& router, std::optional<CodecParameters> parameters) {
  return {router.mime_type,      router.preferred_payload_type.value_or(0),
          router.clock_rate,     router.channels,
          std::move(parameters), router.rtcp_feedback};
}

bool consumable_extension(const RtpHeaderExtensionCapability& extension, MediaKind kind) {
  const auto direction = extension.direction.value_or(ExtensionDirection::sendrecv);
  return extension.kind.value_or(kind) == kind &&
         (direction == ExtensionDirection::sendrecv || direction == ExtensionDirection::sendonly);
}

RtpParameters consumable_parameters(MediaKind kind, const RtpParameters& p, const MatchedCodec& codec,
                                    const RtpCapabilities& router) {
  RtpParameters out;
  out.codecs.push_back(consumable_codec(*codec.router, codec.offered->parameters.value_or(CodecParameters{})));
  if (const auto* red = codec.red ? router_codec(*codec.red, router) : nullptr) {
    out.codecs.push_back(consumable_codec(*red, red->parameters));
  }
  const auto* rtx = rtx_for(list(router.codecs), codec.router->preferred_payload_type.value_or(0));
  if (rtx) out.codecs.push_back(consumable_codec(*rtx, rtx->parameters));
  auto& extensions = out.header_extensions.emplace();
  for (const auto& e : list(router.header_extensions)) {
    if (consumable_extension(e, kind)) extensions.push_back({e.uri, e.preferred_id, false, CodecParameters{}});
  }
  out.encodings = p.encodings;
  out.rtcp = RtcpParameters{p.rtcp ? p.rtcp->cname : std::nullopt, true, true};
  return out;
}

std::vector<RtpEncodingParameters> lowest_first(std::vector<RtpEncodingParameters> encodings) {
  if (std::ranges::all_of(encodings, [](const auto& e) { return e.scale_resolution_down_by.has_value(); })) {
    std::ranges::stable_sort(encodings, std::greater{}, [](const auto& e) { return *e.scale_resolution_down_by; });
  }
  return encodings;
}

std::vector<EncodingPlan> plan_encodings(const std::vector<RtpEncodingParameters>& encodings) {
  std::vector<EncodingPlan> plans;
  for (const auto& e : lowest_first(encodings)) {
    plans.push_back({e.ssrc, e.rtx ? std::optional(e.rtx->ssrc) : std::nullopt, e.rid.value_or("")});
  }
  return plans;
}

// What the encodings say of their layers; spatial layers within one are for codecs that have them.
void plan_layers(ProducerPlan& plan, const std::vector<RtpEncodingParameters>& encodings) {
  for (const auto& e : encodings) {
    const auto mode = scalability_mode_of(e.scalability_mode.value_or(""));
    plan.temporal_layers = std::max(plan.temporal_layers, mode.temporal_layers);
    if (encodings.size() > 1 || (plan.codec != Codec::vp9 && plan.codec != Codec::av1)) continue;
    plan.spatial_layers = mode.spatial_layers;
    plan.key_dependent = mode.key_dependent;
  }
}

// ---- a consumer's parameters

bool device_has(const RtpCapabilities& device, const RtpCodecParameters& codec) {
  return find(list(device.codecs), [&](const auto& c) { return same_codec(view(c), view(codec)); }) != nullptr;
}

bool device_has_rtx(const RtpCapabilities& device, const RtpCodecParameters& rtx) {
  return find(list(device.codecs), [&](const auto& c) {
           return is_rtx(c.mime_type) && base::equal_without_case(c.mime_type, rtx.mime_type) &&
                  c.clock_rate == rtx.clock_rate;
         }) != nullptr;
}

// Transport-wide feedback where both ends have the extension, REMB otherwise, never both: a browser given both would
// run two estimators against each other.
std::vector<RtcpFeedback> consumer_feedback(const RtpCodecParameters& codec, const RtpCapabilities& device,
                                            const ExtensionIds& ids) {
  const auto* match = find(list(device.codecs), [&](const auto& c) { return same_codec(view(c), view(codec)); });
  std::vector<RtcpFeedback> kept;
  for (const auto& feedback : list(codec.rtcp_feedback)) {
    if (!match || !has_feedback(match->rtcp_feedback, feedback.type, feedback.parameter.value_or(""))) continue;
    // A packet cannot be sealed twice (crypto/srtp.hpp), and audio has no retransmission stream to carry it.
    if (feedback.type == "nack" && kind_of(codec.mime_type) == MediaKind::audio) continue;
    if (feedback.type == "transport-cc" && !ids.transport_wide) continue;
    if (feedback.type == "goog-remb" && (ids.transport_wide || !ids.abs_send_time)) continue;
    kept.push_back(feedback);
  }
  return kept;
}

std::vector<RtpHeaderExtensionParameters> common_extensions(const RtpParameters& consumable,
                                                            const RtpCapabilities& device) {
  std::vector<RtpHeaderExtensionParameters> common;
  for (const auto& e : list(consumable.header_extensions)) {
    const auto same = [&](const auto& c) { return c.uri == e.uri && c.preferred_id == e.id; };
    if (find(list(device.header_extensions), same)) common.push_back(e);
  }
  return common;
}

RtpEncodingParameters consumer_encoding(const ProducerPlan& producer, const ConsumerPlan& plan) {
  RtpEncodingParameters encoding;
  encoding.ssrc = plan.ssrc;
  if (plan.rtx_ssrc) encoding.rtx = RtxParameters{*plan.rtx_ssrc};
  const auto& sent = list(producer.consumable.encodings);
  if (sent.size() > 1) {  // several streams become one, as if they were its layers
    encoding.scalability_mode = "L" + std::to_string(sent.size()) + "T" + std::to_string(producer.temporal_layers);
  } else if (!sent.empty()) {
    encoding.scalability_mode = sent.front().scalability_mode;
  }
  std::uint32_t max_bitrate = 0;
  for (const auto& e : list(producer.consumable.encodings))
    max_bitrate = std::max(max_bitrate, e.max_bitrate.value_or(0));
  if (max_bitrate) encoding.max_bitrate = max_bitrate;
  return encoding;
}

void fill_identity(ConsumerPlan& plan, const ProducerPlan& producer, base::Rng& rng) {
  const auto& codec = producer.consumable.codecs.front();
  plan.codec = producer.codec;
  plan.payload_type = codec.payload_type;
  plan.clock_rate = codec.clock_rate;
  plan.cname = producer.cname;
  plan.ssrc = 100'000'000 + std::uint32_t(rng.below(900'000'000)) * 2;  // even, so that its rtx is never another's ssrc
}
}  // namespace

Result<ProducerPlan> plan_producer(MediaKind kind, const RtpParameters& p, const RtpCapabilities& router) {
  GREENROOM_CHECK_OK(check_sizes(p));
  GREENROOM_CHECK_OK(check_codecs(p));
  GREENROOM_CHECK_OK(check_extensions(p));
  GREENROOM_CHECK_OK(check_encodings(p));
  GREENROOM_TRY(const MatchedCodec codec, match_codec(kind, p, router));
  if (kind == MediaKind::audio && list(p.encodings).size() > 1) return bad("encodings: audio has one");
  ProducerPlan plan;
  plan.kind = kind;
  plan.codec = codec_of(codec.offered->mime_type);
  plan.mid = p.mid.value_or("");
  plan.cname = p.rtcp ? p.rtcp->cname.value_or("") : "";
  plan.payload_type = codec.offered->payload_type;
  if (const auto* rtx = rtx_for(p.codecs, plan.payload_type)) plan.rtx_payload_type = rtx->payload_type;
  plan.clock_rate = codec.offered->clock_rate;
  plan.nack = has_feedback(codec.offered->rtcp_feedback, "nack");
  plan.pli = has_feedback(codec.offered->rtcp_feedback, "nack", "pli");
  plan.transport_cc = has_feedback(codec.offered->rtcp_feedback, "transport-cc");
  if (codec.red) plan.red_payload_type = codec.red->payload_type;
  plan_layers(plan, list(p.encodings));
  plan.extensions = ids_of(list(p.header_extensions));
  plan.encodings = plan_encodings(list(p.encodings));
  plan.consumable = consumable_parameters(kind, p, codec, router);
  return plan;
}

bool can_consume(const RtpParameters& consumable, const RtpCapabilities& device) {
  return !consumable.codecs.empty() && device_has(device, consumable.codecs.front());
}

Result<ConsumerPlan> plan_consumer(const ProducerPlan& producer, const RtpCapabilities& device, std::string mid,
                                   base::Rng& rng) {
  if (list(device.codecs).size() > 4 * max_codecs || list(device.header_extensions).size() > 4 * max_extensions) {
    return bad("rtpCapabilities: too many entries");
  }
  if (!can_consume(producer.consumable, device)) {
    return base::fail(errors::cannot_consume, "this device cannot receive the producer's codec");
  }
  ConsumerPlan plan;
  fill_identity(plan, producer, rng);
  plan.mid = std::move(mid);
  auto& out = plan.parameters;
  out.mid = plan.mid;
  out.header_extensions = common_extensions(producer.consumable, device);
  plan.extensions = ids_of(*out.header_extensions);
  for (const auto& codec : producer.consumable.codecs) {
    if (is_rtx(codec.mime_type) ? !device_has_rtx(device, codec) : !device_has(device, codec)) continue;
    if (is_red(codec.mime_type)) plan.red_payload_type = codec.payload_type;
    out.codecs.push_back(codec);
    out.codecs.back().rtcp_feedback = consumer_feedback(codec, device, plan.extensions);
  }
  plan.nack = has_feedback(out.codecs.front().rtcp_feedback, "nack");
  if (const auto* rtx = rtx_for(out.codecs, plan.payload_type); rtx && plan.nack) {
    plan.rtx_payload_type = rtx->payload_type;
    plan.rtx_ssrc = plan.ssrc + 1;
  }
  out.encodings = std::vector{consumer_encoding(producer, plan)};
  out.rtcp = producer.consumable.rtcp;
  return plan;
}

ConsumerPlan plan_backup(const ProducerPlan& producer, base::Rng& rng) {
  ConsumerPlan plan;
  fill_identity(plan, producer, rng);
  plan.parameters.codecs = {producer.consumable.codecs.front()};
  return plan;
}

}  // namespace greenroom::rtc
