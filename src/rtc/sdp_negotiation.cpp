#include "rtc/sdp_negotiation.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "rtc/capabilities.hpp"
#include "wire/rtp_extensions.hpp"

namespace greenroom::rtc {
namespace {
using namespace wire;
using base::Result;

tl::unexpected<base::Error> refuse(std::string what) { return base::fail(errors::unacceptable_offer, std::move(what)); }

const auto& list(const auto& optional_list) {
  static const std::decay_t<decltype(*optional_list)> none;
  return optional_list ? *optional_list : none;
}

template <class T>
const T* find(const std::vector<T>& items, auto&& predicate) {
  const auto found = std::ranges::find_if(items, predicate);
  return found == items.end() ? nullptr : &*found;
}

// ---- the whole offer

bool is_rejected(const sdp::Section& section) { return section.port == 0 && !section.bundle_only; }

// The section whose transport all others use (RFC 9143 §7.2: the offerer-tagged one).
Result<const sdp::Section*> tagged(const sdp::Description& d) {
  const auto* bundle = find(d.groups, [](const auto& g) { return g.semantics == "BUNDLE"; });
  if (!bundle && d.sections.size() == 1) return &d.sections[0];
  if (!bundle || bundle->mids.empty()) return refuse("a=group:BUNDLE with every section is needed");
  for (const auto& section : d.sections) {
    const bool inside = section.mid && std::ranges::count(bundle->mids, *section.mid) == 1;
    if (!inside && !is_rejected(section)) return refuse("every section has to be in one BUNDLE group");
  }
  const auto* first = find(d.sections, [&](const auto& s) { return s.mid == bundle->mids[0]; });
  if (!first) return refuse("the BUNDLE group names a mid that is not there");
  return first;
}

base::Status check_mids(const sdp::Description& d) {
  std::vector<std::string_view> seen;
  for (const auto& section : d.sections) {
    if (!section.mid) continue;
    if (section.mid->size() > kMaxStreamTextSize) return refuse("a mid is at most 16 bytes long");
    if (std::ranges::count(seen, *section.mid)) return refuse("a mid is used twice");
    seen.push_back(*section.mid);
  }
  return {};
}

// RFC 8842 §5.2: who offers actpass leaves it to us, and the passive side needs no timer.
std::string role_of(sdp::Setup setup) { return setup == sdp::Setup::passive ? "server" : "client"; }

Result<DtlsParameters> dtls_of(const sdp::Description& d, const sdp::Section& section) {
  DtlsParameters dtls;
  const auto& prints = section.fingerprints.empty() ? d.fingerprints : section.fingerprints;
  if (prints.empty()) return refuse("a=fingerprint is missing");
  for (const auto& f : prints) dtls.fingerprints.push_back({f.algorithm, f.value});
  const auto setup = section.setup ? section.setup : d.setup;
  if (!setup || *setup == sdp::Setup::holdconn) return refuse("a=setup has to be actpass, active or passive");
  dtls.role = role_of(*setup);
  return dtls;
}

Result<IceParameters> ice_of(const sdp::Description& d, const sdp::Section& section) {
  const auto& ufrag = section.ice_ufrag ? section.ice_ufrag : d.ice_ufrag;
  const auto& pwd = section.ice_pwd ? section.ice_pwd : d.ice_pwd;
  if (!ufrag || !pwd) return refuse("a=ice-ufrag and a=ice-pwd are missing");
  return IceParameters{*ufrag, *pwd, d.ice_lite};
}

// ---- codecs

// "profile-level-id" looks like a number now and then and is none.
boost::json::value parameter_value(std::string_view name, std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = !text.empty() && error == std::errc() && end == text.data() + text.size();
  if (whole && text.size() <= 9 && !same_text(name, "profile-level-id")) return number;
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
  return std::ranges::any_of(names, [&](auto other) { return same_text(name, other); });
}

const RtpCodecCapability* router_codec(const RtpCodecParameters& codec, const RtpCapabilities& router) {
  return find(list(router.codecs), [&](const auto& c) { return same_codec(view(codec), view(c)); });
}

bool has(const std::vector<RtcpFeedback>& feedback, const RtcpFeedback& one) {
  return std::ranges::find(feedback, one) != feedback.end();
}

// The codec as offered, with the feedback that both sides know.
RtpCodecParameters agreed(RtpCodecParameters codec, const RtpCodecCapability& router) {
  std::erase_if(*codec.rtcp_feedback, [&](const auto& f) { return !has(list(router.rtcp_feedback), f); });
  return codec;
}

const RtpCodecParameters* retransmission_of(const std::vector<RtpCodecParameters>& codecs, std::uint8_t payload_type) {
  return find(codecs, [&](const auto& c) {
    return is_rtx(c.mime_type) && number_of(view(c).parameters, "apt") == std::int64_t(payload_type);
  });
}

// Codecs that both have, each with its retransmission; only the first with `one`.
std::vector<RtpCodecParameters> common_codecs(const sdp::Section& section, const RtpCapabilities& router, bool one) {
  std::vector<RtpCodecParameters> common;
  const auto offered = codecs_of(section);
  for (const auto& codec : offered) {
    const auto* ours = is_auxiliary(codec.mime_type) ? nullptr : router_codec(codec, router);
    if (!ours) continue;
    common.push_back(agreed(codec, *ours));
    if (const auto* rtx = retransmission_of(offered, codec.payload_type)) common.push_back(*rtx);
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

std::optional<MediaKind> kind_of(const sdp::Section& section) {
  if (section.media == "audio") return MediaKind::audio;
  if (section.media == "video") return MediaKind::video;
  return std::nullopt;
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
  if (has_extension(parameters, kUriTransportSequence)) return;
  for (auto& codec : parameters.codecs) {
    std::erase_if(*codec.rtcp_feedback, [](const auto& f) { return f.type == "transport-cc"; });
  }
}

// Without the mid in its packets a client sorts streams by payload type, and the padding by which bandwidth is probed
// for would be taken for a stream: then no transport-wide numbers, which is what asks for it.
void stop_probing_without_mid(RtpParameters& parameters) {
  if (has_extension(parameters, kUriMid)) return;
  std::erase_if(*parameters.header_extensions, [](const auto& e) { return e.uri == kUriTransportSequence; });
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

// ---- the answer

std::string text_of(const boost::json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  return value.is_int64() ? std::to_string(value.get_int64()) : std::string();  // parameter_value makes no other
}

void put_codec(sdp::Section& out, const RtpCodecParameters& codec) {
  out.formats.push_back(std::to_string(codec.payload_type));
  out.maps.push_back(
      {codec.payload_type, codec.mime_type.substr(codec.mime_type.find('/') + 1), codec.clock_rate, codec.channels});
  sdp::Format format{codec.payload_type, {}};
  for (const auto& [name, value] : list(codec.parameters)) {
    if (!name.starts_with("sprop-")) format.parameters.emplace_back(name, text_of(value));  // of the sender's stream
  }
  if (!format.parameters.empty()) out.format_parameters.push_back(std::move(format));
  for (const auto& f : list(codec.rtcp_feedback)) {
    out.feedback.push_back({codec.payload_type, f.type, f.parameter.value_or("")});
  }
}

void put_layers(sdp::Section& out, const sdp::Section& offered, const RtpParameters& parameters) {
  sdp::Simulcast simulcast;
  for (const auto& encoding : list(parameters.encodings)) {
    if (!encoding.rid) continue;
    out.rids.push_back({*encoding.rid, false, ""});
  }
  if (!offered.simulcast || out.rids.empty()) return;
  for (const auto& alternatives : offered.simulcast->send) {  // in the offer's order
    const auto& first = alternatives.front();
    const auto rid = first.starts_with('~') ? first.substr(1) : first;
    if (find(out.rids, [&](const auto& r) { return r.id == rid; })) simulcast.recv.push_back({rid});
  }
  out.simulcast = std::move(simulcast);
}

constexpr std::string_view stream_name = "greenroom";  // all slots in one MediaStream

void put_stream(sdp::Section& out, const RtpParameters& parameters) {
  const std::string name(stream_name);
  out.msids.push_back(name + " " + parameters.mid.value_or(out.media));
  for (const auto& encoding : list(parameters.encodings)) {
    out.ssrcs.push_back({*encoding.ssrc, "cname", name});
    if (!encoding.rtx) continue;
    out.ssrc_groups.push_back({"FID", {*encoding.ssrc, encoding.rtx->ssrc}});
    out.ssrcs.push_back({encoding.rtx->ssrc, "cname", name});
  }
}

sdp::Section rejected(const sdp::Section& offered) {
  sdp::Section out;
  out.media = offered.media;
  out.port = 0;
  out.protocol = offered.protocol;
  out.formats = offered.formats;
  out.connection = "IN IP4 0.0.0.0";
  out.mid = offered.mid;
  out.direction = sdp::Direction::inactive;
  return out;
}

void put_transport(sdp::Section& out, const SdpOffer& offer, const SdpTransport& transport) {
  out.ice_ufrag = transport.ice.username_fragment;
  out.ice_pwd = transport.ice.password;
  for (const auto& f : transport.dtls.fingerprints) out.fingerprints.push_back({f.algorithm, f.value});
  out.setup = offer.dtls.role == "server" ? sdp::Setup::active : sdp::Setup::passive;
  for (const auto& c : transport.candidates) {
    sdp::Candidate candidate{c.foundation, 1, c.protocol, c.priority, c.address, c.port, c.type, {}};
    if (c.tcp_type) candidate.extensions.emplace_back("tcptype", *c.tcp_type);
    out.candidates.push_back(std::move(candidate));
  }
  out.end_of_candidates = true;
}

sdp::Section accepted(const SdpOffer& offer, const SdpSection& section, const SdpTransport& transport, SdpRole role) {
  const auto& offered = offer.description.sections[section.index];
  sdp::Section out;
  out.media = offered.media;
  out.protocol = offered.protocol;
  out.connection = "IN IP4 0.0.0.0";
  out.mid = offered.mid;
  out.direction = role == SdpRole::receiver ? sdp::Direction::recvonly : sdp::Direction::sendonly;
  out.rtcp_mux = true;
  out.rtcp_rsize = offered.rtcp_rsize;
  put_transport(out, offer, transport);
  for (const auto& e : list(section.parameters.header_extensions)) out.extensions.push_back({e.id, {}, e.uri, ""});
  for (const auto& codec : section.parameters.codecs) put_codec(out, codec);
  if (role == SdpRole::receiver) put_layers(out, offered, section.parameters);
  if (role == SdpRole::sender) put_stream(out, section.parameters);
  return out;
}

// ---- a consumer under its own numbers

// The device's extensions under the numbers that the producer's parameters have.
RtpCapabilities in_router_terms(RtpCapabilities device, const RtpParameters& consumable) {
  for (auto& e : device.header_extensions ? *device.header_extensions : device.header_extensions.emplace()) {
    const auto* ours = find(list(consumable.header_extensions), [&](const auto& x) { return x.uri == e.uri; });
    if (ours) e.preferred_id = ours->id;
  }
  return device;
}

std::optional<std::uint8_t> device_payload_type(const RtpCodecParameters& codec, const RtpCapabilities& device) {
  const auto* match = find(list(device.codecs), [&](const auto& c) { return same_codec(view(c), view(codec)); });
  return match ? match->preferred_payload_type : std::nullopt;
}

std::optional<std::uint8_t> device_rtx_type(std::uint8_t payload_type, const RtpCapabilities& device) {
  const auto* match = find(list(device.codecs), [&](const auto& c) {
    return is_rtx(c.mime_type) && number_of(view(c).parameters, "apt") == std::int64_t(payload_type);
  });
  return match ? match->preferred_payload_type : std::nullopt;
}

std::uint8_t device_extension(std::string_view uri, const RtpCapabilities& device) {
  const auto* match = find(list(device.header_extensions), [&](const auto& e) { return e.uri == uri; });
  return match ? match->preferred_id : std::uint8_t(0);
}

void renumber_extensions(ConsumerPlan& plan, const RtpCapabilities& device) {
  for (auto& e : *plan.parameters.header_extensions) e.id = device_extension(e.uri, device);
  plan.extensions = ids_of(*plan.parameters.header_extensions);
}

// Without a retransmission of its own for this codec, the client gets none.
void renumber_retransmission(ConsumerPlan& plan, const RtpCapabilities& device) {
  auto& codecs = plan.parameters.codecs;
  const auto type = device_rtx_type(plan.payload_type, device);
  if (!type || !plan.rtx_ssrc) {
    plan.rtx_payload_type.reset();
    plan.rtx_ssrc.reset();
    std::erase_if(codecs, [](const auto& c) { return is_rtx(c.mime_type); });
    return;
  }
  if (plan.rtx_payload_type) plan.rtx_payload_type = *type;
  for (auto& codec : codecs) {
    if (!is_rtx(codec.mime_type)) continue;
    codec.payload_type = *type;
    codec.parameters = CodecParameters{{"apt", plan.payload_type}};
  }
}

// ---- simulcast

// "pt=97;max-width=1280;max-height=720" -> the area; 0 when it does not say.
std::uint64_t area_of(const std::string& restrictions) {
  std::uint64_t sides[2] = {};
  static constexpr std::string_view names[2] = {"max-width=", "max-height="};
  for (std::size_t i = 0; i < 2; ++i) {
    const auto at = restrictions.find(names[i]);
    if (at == restrictions.npos) continue;
    const char* begin = restrictions.data() + at + names[i].size();
    std::uint32_t side = 0;
    std::from_chars(begin, restrictions.data() + restrictions.size(), side);
    sides[i] = side;
  }
  return sides[0] && sides[1] ? sides[0] * sides[1] : (sides[0] + sides[1]) * (sides[0] + sides[1]);
}

std::optional<std::uint64_t> rank_of_name(std::string_view rid) {
  static constexpr std::array<std::pair<std::string_view, std::uint64_t>, 13> ranks{{{"q", 0},
                                                                                     {"l", 0},
                                                                                     {"low", 0},
                                                                                     {"r0", 0},
                                                                                     {"h", 1},
                                                                                     {"m", 1},
                                                                                     {"mid", 1},
                                                                                     {"medium", 1},
                                                                                     {"r1", 1},
                                                                                     {"f", 2},
                                                                                     {"high", 2},
                                                                                     {"hi", 2},
                                                                                     {"r2", 2}}};
  for (const auto& [name, rank] : ranks) {
    if (name == rid) return rank;
  }
  return std::nullopt;
}

// "h" is the high one beside l and m, the half one beside q and f.
std::optional<std::uint64_t> rank_of(const std::string& rid, const std::vector<std::string>& all) {
  const auto has_name = [&](std::string_view name) { return std::ranges::find(all, name) != all.end(); };
  if (rid == "h" && (has_name("l") || has_name("m"))) return 2;
  return rank_of_name(rid);
}
}  // namespace

Result<SdpOffer> read_offer(sdp::Description description) {
  if (description.sections.empty()) return refuse("there is no media in the offer");
  if (description.ice_lite) return refuse("both sides cannot be ICE-lite");
  GREENROOM_CHECK_OK(check_mids(description));
  GREENROOM_TRY(const auto* section, tagged(description));
  for (const auto& s : description.sections) {
    if (kind_of(s) && !is_rejected(s) && !s.rtcp_mux && !s.bundle_only) return refuse("a=rtcp-mux is missing");
  }
  SdpOffer offer;
  GREENROOM_TRY(offer.dtls, dtls_of(description, *section));
  GREENROOM_TRY(offer.ice, ice_of(description, *section));
  offer.description = std::move(description);
  return offer;
}

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

Result<ConsumerPlan> plan_sdp_consumer(const ProducerPlan& producer, const RtpCapabilities& device,
                                       const ConsumerSlot& slot, base::Rng& rng) {
  GREENROOM_TRY(auto plan, plan_consumer(producer, in_router_terms(device, producer.consumable), slot.mid, rng));
  auto& codec = plan.parameters.codecs.front();
  const auto type = device_payload_type(codec, device);
  if (!type || *type > 127) return base::fail(errors::bad_rtp_parameters, "rtpCapabilities: preferredPayloadType");
  codec.payload_type = plan.payload_type = *type;
  plan.ssrc = slot.ssrc;
  plan.rtx_ssrc = plan.rtx_ssrc ? slot.rtx_ssrc : std::nullopt;
  renumber_extensions(plan, device);
  renumber_retransmission(plan, device);
  auto& encoding = plan.parameters.encodings->front();
  encoding.ssrc = plan.ssrc;
  encoding.rtx = plan.rtx_ssrc ? std::optional(RtxParameters{*plan.rtx_ssrc}) : std::nullopt;
  return plan;
}

sdp::Description make_answer(const SdpOffer& offer, const std::vector<SdpSection>& sections,
                             const SdpTransport& transport, SdpRole role) {
  sdp::Description answer;
  answer.origin.session_id = "1";
  answer.ice_lite = true;
  answer.extmap_allow_mixed = offer.description.extmap_allow_mixed;
  sdp::Group bundle{"BUNDLE", {}};
  for (std::size_t i = 0; i < offer.description.sections.size(); ++i) {
    const auto* section = find(sections, [&](const auto& s) { return s.index == i; });
    const auto& offered = offer.description.sections[i];
    answer.sections.push_back(section ? accepted(offer, *section, transport, role) : rejected(offered));
    if (section && offered.mid) bundle.mids.push_back(*offered.mid);
  }
  if (!bundle.mids.empty() && !offer.description.groups.empty()) answer.groups.push_back(std::move(bundle));
  return answer;
}

sdp::Description make_fragment(const SdpOffer& offer, const SdpTransport& transport) {
  sdp::Description fragment;
  const auto section = tagged(offer.description);
  const auto& offered = section ? **section : offer.description.sections.front();
  fragment.ice_lite = true;
  fragment.ice_ufrag = transport.ice.username_fragment;
  fragment.ice_pwd = transport.ice.password;
  sdp::Section out;
  put_transport(out, offer, transport);
  out.ice_ufrag.reset();
  out.ice_pwd.reset();
  out.fingerprints.clear();
  out.setup.reset();
  out.media = offered.media;
  out.protocol = offered.protocol;
  out.formats = offered.formats;
  out.mid = offered.mid;
  fragment.sections.push_back(std::move(out));
  return fragment;
}

std::vector<std::string> layers_lowest_first(const sdp::Section& section) {
  std::vector<std::string> rids;
  if (section.simulcast) {
    for (const auto& alternatives : section.simulcast->send) {
      const auto& first = alternatives.front();
      rids.push_back(first.starts_with('~') ? first.substr(1) : first);
    }
  } else {
    for (const auto& rid : section.rids) {
      if (rid.send) rids.push_back(rid.id);
    }
  }
  std::map<std::string, std::uint64_t> ranks;
  for (const auto& rid : rids) {
    const auto* declared = find(section.rids, [&](const auto& r) { return r.id == rid; });
    const auto area = declared ? area_of(declared->restrictions) : 0;
    if (area) ranks[rid] = area;
  }
  if (ranks.size() != rids.size()) {
    ranks.clear();
    for (const auto& rid : rids) {
      if (const auto rank = rank_of(rid, rids)) ranks[rid] = *rank;
    }
  }
  if (ranks.size() == rids.size()) {
    std::ranges::stable_sort(rids, {}, [&](const auto& rid) { return ranks[rid]; });
  } else {
    std::ranges::reverse(rids);
  }
  return rids;
}

}  // namespace greenroom::rtc
