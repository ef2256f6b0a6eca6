// The offer as a whole: its BUNDLE, its one transport.
#include "rtc/detail/sdp_terms.hpp"
#include "wire/rtp_extensions.hpp"

namespace greenroom::rtc {
namespace {
using namespace wire;
using base::Result;
using namespace detail;

base::Status check_mids(const sdp::Description& d) {
  std::vector<std::string_view> seen;
  for (const auto& section : d.sections) {
    if (!section.mid) continue;
    if (section.mid->size() > max_stream_text_size) return refuse("a mid is at most 16 bytes long");
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
}  // namespace

Result<const sdp::Section*> detail::tagged_section(const sdp::Description& d) {
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

Result<SdpOffer> read_offer(sdp::Description description) {
  if (description.sections.empty()) return refuse("there is no media in the offer");
  if (description.ice_lite) return refuse("both sides cannot be ICE-lite");
  GREENROOM_CHECK_OK(check_mids(description));
  GREENROOM_TRY(const auto* section, tagged_section(description));
  for (const auto& s : description.sections) {
    if (kind_of(s) && !is_rejected(s) && !s.rtcp_mux && !s.bundle_only) return refuse("a=rtcp-mux is missing");
  }
  SdpOffer offer;
  GREENROOM_TRY(offer.dtls, dtls_of(description, *section));
  GREENROOM_TRY(offer.ice, ice_of(description, *section));
  offer.description = std::move(description);
  return offer;
}

}  // namespace greenroom::rtc
