// The answer to an offer, and the fragment after an ICE restart.
#include "rtc/detail/sdp_terms.hpp"

namespace greenroom::rtc {
namespace {
using namespace wire;
using base::Result;
using namespace detail;

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
    const auto rid = preferred_rid(alternatives);
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
}  // namespace

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
  const auto section = tagged_section(offer.description);
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

}  // namespace greenroom::rtc
