// The sections of an offer: which codecs, extensions and streams both sides can do.
#include <charconv>

#include "base/text.hpp"
#include "rtc/capabilities.hpp"
#include "rtc/detail/sdp_terms.hpp"
#include "wire/rtp_extensions.hpp"

namespace greenroom::rtc {
namespace {
using namespace wire;
using base::Result;
using namespace detail;

// ---- codecs

// "profile-level-id" looks like a number now and then and is none.
boost::json::value parameter_value(std::string_view name, std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = !text.empty() && error == std::errc() && end == text.data() + text.size();
  if (whole && text.size() <= 9 && !base::equal_without_case(name, "profile-level-id")) return number;
  return boost::json::string(text);
}

CodecParameters parameters_of(const sdp::Section& section, std::uint8_t payload_type) {
  CodecParameters parameters;
  for (const auto& format : section.format_parameters) {
    if (format.payload_type != payload_type) continue;
    for (const auto& [name, value] : format.parameters) parameters[name] = parameter_value(name, value);
  }
  return parameters;
}

std::vector<RtcpFeedback> feedback_of(const sdp::Section& section, std::uint8_t payload_type) {
  std::vector<RtcpFeedback> feedback;
  for (const auto& f : section.feedback) {
    if (f.payload_type.value_or(payload_type) == payload_type) feedback.push_back({f.type, f.parameter});
  }
  return feedback;
}

RtpCodecParameters codec_of(const sdp::Section& section, const sdp::RtpMap& map) {
  RtpCodecParameters codec;
  codec.mime_type = section.media + "/" + map.codec;
  codec.payload_type = map.payload_type;
  codec.clock_rate = map.clock_rate;
  codec.channels = map.channels;
  codec.parameters = parameters_of(section, map.payload_type);
  codec.rtcp_feedback = feedback_of(section, map.payload_type);
  return codec;
}

// In the order of the m= line, which is that of preference (RFC 3264 §5.1).
std::vector<RtpCodecParameters> codecs_of(const sdp::Section& section) {
  std::vector<RtpCodecParameters> codecs;
  for (const auto& format : section.formats) {
    const auto* map = find(section.maps, [&](const auto& m) { return std::to_string(m.payload_type) == format; });
    if (map && map->payload_type < 128) codecs.push_back(codec_of(section, *map));
  }
  return codecs;
}

// What only carries or repairs what another codec made is nothing to choose.
bool is_auxiliary(std::string_view mime_type) {
  static constexpr std::string_view names[] = {"rtx",        "red", "ulpfec",         "flexfec",
                                               "flexfec-03", "cn",  "telephone-event"};
  const auto name = mime_type.substr(mime_type.find('/') + 1);
  return std::ranges::any_of(names, [&](auto other) { return base::equal_without_case(name, other); });
}

bool has(const std::vector<RtcpFeedback>& feedback, const RtcpFeedback& one) {
  return std::ranges::find(feedback, one) != feedback.end();
}

// The codec as offered, with the feedback that both sides know.
RtpCodecParameters agreed(RtpCodecParameters codec, const RtpCodecCapability& router) {
  std::erase_if(*codec.rtcp_feedback, [&](const auto& f) { return !has(list(router.rtcp_feedback), f); });
  return codec;
}

// Codecs that both have, each with its retransmission; only the first with `one`.
std::vector<RtpCodecParameters> common_codecs(const sdp::Section& section, const RtpCapabilities& router, bool one) {
  std::vector<RtpCodecParameters> common;
  const auto offered = codecs_of(section);
  for (const auto& codec : offered) {
    const auto* ours = is_auxiliary(codec.mime_type) ? nullptr : router_codec(codec, router);
    if (!ours) continue;
    common.push_back(agreed(codec, *ours));
    if (const auto* rtx = rtx_for(offered, codec.payload_type)) common.push_back(*rtx);
    if (one) break;
  }
  return common;
}

// ---- extensions

bool is_of_use(ExtensionDirection ours, SdpRole role) {
  if (ours == ExtensionDirection::sendrecv) return true;
  return ours == (role == SdpRole::receiver ? ExtensionDirection::recvonly : ExtensionDirection::sendonly);
}

std::vector<RtpHeaderExtensionParameters> common_extensions(const SdpOffer& offer, const sdp::Section& section,
                                                            MediaKind kind, const RtpCapabilities& router,
                                                            SdpRole role) {
  std::vector<RtpHeaderExtensionParameters> common;
  auto offered = section.extensions;
  offered.insert(offered.end(), offer.description.extensions.begin(), offer.description.extensions.end());
  for (const auto& e : offered) {
    const auto fits = [&](const auto& ours) {
      return ours.uri == e.uri && ours.kind.value_or(kind) == kind &&
             is_of_use(ours.direction.value_or(ExtensionDirection::sendrecv), role);
    };
    const bool again = find(common, [&](const auto& c) { return c.uri == e.uri || c.id == e.id; }) != nullptr;
    // One-byte headers only (RFC 8285 §4.2), which every stack takes.
    if (e.id == 0 || e.id > 14 || again || !find(list(router.header_extensions), fits)) continue;
    common.push_back({e.uri, std::uint8_t(e.id), false, CodecParameters{}});
  }
  return common;
}

// ---- encodings

std::optional<std::uint32_t> retransmission_ssrc(const sdp::Section& section, std::uint32_t ssrc) {
  for (const auto& group : section.ssrc_groups) {
    if (group.semantics == "FID" && group.ssrcs.size() == 2 && group.ssrcs[0] == ssrc) return group.ssrcs[1];
  }
  return std::nullopt;
}

// The SSRCs of media: those of a SIM group, or the first that is nobody's retransmission.
std::vector<std::uint32_t> media_ssrcs(const sdp::Section& section) {
  const auto* sim = find(section.ssrc_groups, [](const auto& g) { return g.semantics == "SIM"; });
  if (sim && !sim->ssrcs.empty() && sim->ssrcs.size() <= max_encodings) return sim->ssrcs;
  for (const auto& group : section.ssrc_groups) {
    if (group.semantics == "FID" && !group.ssrcs.empty()) return {group.ssrcs[0]};
  }
  if (section.ssrcs.empty()) return {};
  return {section.ssrcs[0].ssrc};
}

std::vector<RtpEncodingParameters> encodings_of(const sdp::Section& section, bool with_rtx) {
  std::vector<RtpEncodingParameters> encodings;
  for (const auto& rid : layers_lowest_first(section)) encodings.emplace_back().rid = rid;
  if (!encodings.empty()) return encodings;
  for (const auto ssrc : media_ssrcs(section)) {
    auto& encoding = encodings.emplace_back();
    encoding.ssrc = ssrc;
    const auto rtx = with_rtx ? retransmission_ssrc(section, ssrc) : std::nullopt;
    if (rtx) encoding.rtx = RtxParameters{*rtx};
  }
  return encodings;
}

std::optional<std::string> cname_of(const sdp::Section& section) {
  const auto* cname = find(section.ssrcs, [](const auto& a) { return a.name == "cname" && a.value; });
  return cname ? cname->value : std::nullopt;
}

bool sends(const SdpOffer& offer, const sdp::Section& section) {
  const auto direction = section.direction.value_or(offer.description.direction.value_or(sdp::Direction::sendrecv));
  return direction == sdp::Direction::sendonly || direction == sdp::Direction::sendrecv;
}

bool receives(const SdpOffer& offer, const sdp::Section& section) {
  const auto direction = section.direction.value_or(offer.description.direction.value_or(sdp::Direction::sendrecv));
  return direction == sdp::Direction::recvonly || direction == sdp::Direction::sendrecv;
}

bool has_extension(const RtpParameters& parameters, std::string_view uri) {
  return find(*parameters.header_extensions, [&](const auto& e) { return e.uri == uri; }) != nullptr;
}

// Feedback about numbers that no packet carries would be none.
void drop_idle_feedback(RtpParameters& parameters) {
  if (has_extension(parameters, uri_transport_sequence)) return;
  for (auto& codec : parameters.codecs) {
    std::erase_if(*codec.rtcp_feedback, [](const auto& f) { return f.type == "transport-cc"; });
  }
}

// Without the mid in its packets a client sorts streams by payload type, and the padding by which bandwidth is probed
// for would be taken for a stream: then no transport-wide numbers, which is what asks for it.
void stop_probing_without_mid(RtpParameters& parameters) {
  if (has_extension(parameters, uri_mid)) return;
  std::erase_if(*parameters.header_extensions, [](const auto& e) { return e.uri == uri_transport_sequence; });
}

// The section's terms, as far as the two sides share them; no codecs: nothing in common.
SdpSection common_terms(const SdpOffer& offer, std::size_t index, const RtpCapabilities& router, SdpRole role) {
  const auto& section = offer.description.sections[index];
  SdpSection common{index, *kind_of(section), {}};
  common.parameters.mid = section.mid;
  common.parameters.codecs = common_codecs(section, router, role == SdpRole::receiver);
  common.parameters.header_extensions = common_extensions(offer, section, common.kind, router, role);
  if (role == SdpRole::sender) stop_probing_without_mid(common.parameters);
  drop_idle_feedback(common.parameters);
  common.parameters.rtcp = RtcpParameters{cname_of(section), section.rtcp_rsize, true};
  return common;
}

Result<SdpSection> sent_section(const SdpOffer& offer, std::size_t index, const RtpCapabilities& router) {
  auto common = common_terms(offer, index, router, SdpRole::receiver);
  const auto& codecs = common.parameters.codecs;
  if (codecs.empty()) {
    const auto& media = offer.description.sections[index].media;
    return base::fail(errors::not_acceptable, "none of the offered codecs for " + media + " is known here");
  }
  common.parameters.encodings = encodings_of(offer.description.sections[index], codecs.size() > 1);
  if (common.parameters.encodings->empty()) return refuse("a stream has to be announced by a=ssrc or a=rid");
  return common;
}
}  // namespace

Result<std::vector<SdpSection>> sections_sent(const SdpOffer& offer, const RtpCapabilities& router) {
  std::vector<SdpSection> sections;
  for (std::size_t i = 0; i < offer.description.sections.size(); ++i) {
    const auto& section = offer.description.sections[i];
    const auto kind = kind_of(section);
    if (!kind || is_rejected(section)) continue;
    if (!sends(offer, section)) return refuse("a publisher's sections are sendonly");
    if (find(sections, [&](const auto& s) { return s.kind == *kind; })) {
      return base::fail(errors::not_acceptable, "one audio and one video section at most");
    }
    GREENROOM_TRY(auto sent, sent_section(offer, i, router));
    sections.push_back(std::move(sent));
  }
  if (sections.empty()) return refuse("there is no audio and no video in the offer");
  return sections;
}

Result<std::vector<SdpSection>> sections_received(const SdpOffer& offer, const RtpCapabilities& router) {
  std::vector<SdpSection> sections;
  bool any = false;
  for (std::size_t i = 0; i < offer.description.sections.size(); ++i) {
    const auto& section = offer.description.sections[i];
    if (!kind_of(section) || is_rejected(section)) continue;
    if (!receives(offer, section)) return refuse("a viewer's sections are recvonly");
    any = true;
    auto common = common_terms(offer, i, router, SdpRole::sender);
    if (common.parameters.codecs.empty()) continue;
    sections.push_back(std::move(common));
  }
  if (!any) return refuse("there is no audio and no video in the offer");
  if (sections.empty()) return base::fail(errors::not_acceptable, "none of the offered codecs is known here");
  return sections;
}

RtpCapabilities capabilities_of(const SdpSection& slot) {
  RtpCapabilities capabilities;
  auto& codecs = capabilities.codecs.emplace();
  for (const auto& c : slot.parameters.codecs) {
    codecs.push_back({slot.kind, c.mime_type, c.payload_type, c.clock_rate, c.channels, c.parameters, c.rtcp_feedback});
  }
  auto& extensions = capabilities.header_extensions.emplace();
  for (const auto& e : list(slot.parameters.header_extensions)) {
    extensions.push_back({slot.kind, e.uri, e.id, false, ExtensionDirection::recvonly});
  }
  return capabilities;
}

void give_ssrcs(std::vector<SdpSection>& slots, base::Rng& rng) {
  auto next = 2'000'000'000 + std::uint32_t(rng.below(1'000'000'000)) * 2;
  for (auto& slot : slots) {
    auto& encoding = slot.parameters.encodings.emplace().emplace_back();
    encoding.ssrc = next++;
    const auto rtx = next++;
    const bool has_rtx = find(slot.parameters.codecs, [](const auto& c) { return is_rtx(c.mime_type); }) != nullptr;
    if (has_rtx) encoding.rtx = RtxParameters{rtx};
  }
}

ConsumerSlot slot_of(const SdpSection& slot) {
  const auto& encoding = slot.parameters.encodings->front();
  return {slot.parameters.mid.value_or("0"), *encoding.ssrc,
          encoding.rtx ? std::optional(encoding.rtx->ssrc) : std::nullopt};
}

}  // namespace greenroom::rtc
