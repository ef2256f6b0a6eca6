// Offer and answer for those who speak SDP (WHIP, RFC 9725; WHEP, draft-ietf-wish-whep), pure: from an offer to the
// ORTC parameters that a room takes from everybody else, and from what the room says to the answer. Offers are held to
// what both protocols ask for: one BUNDLE group (RFC 9143), rtcp-mux, one ICE and DTLS association. A publisher is
// taken as a whole or not at all (RFC 9725); a viewer's section without a common codec is answered with port 0 (RFC
// 3264 §6). Of a publisher's section one codec is chosen, the first of its list that the room has; of a viewer's all
// common ones are kept, because what is watched may change.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "rtc/negotiation.hpp"
#include "wire/ortc.hpp"
#include "wire/sdp.hpp"

namespace greenroom::rtc {

namespace errors {
// The offer is well-formed, but not one of WebRTC, or not one that these protocols allow.
inline constexpr base::ErrorCode unacceptable_offer{base::ErrorKind::invalid, "sdp.unacceptable"};
// It is one, but there is nothing here that could take it as a whole.
inline constexpr base::ErrorCode not_acceptable{base::ErrorKind::unsupported, "sdp.not_acceptable"};
}  // namespace errors

struct SdpOffer {
  wire::sdp::Description description;
  wire::IceParameters ice;    // the client's
  wire::DtlsParameters dtls;  // the client's, with the role that it will have
};
base::Result<SdpOffer> read_offer(wire::sdp::Description description);

// A section that both sides can do: its codecs and extensions under the offer's numbers.
struct SdpSection {
  std::size_t index = 0;  // in the offer
  wire::MediaKind kind = wire::MediaKind::audio;
  wire::RtpParameters parameters;  // of a publisher: what `produce` takes
};

// What the client sends. At most one section of each kind, as WHIP has it; an error when none can be taken.
base::Result<std::vector<SdpSection>> sections_sent(const SdpOffer& offer, const wire::RtpCapabilities& router);
// What the client wants to receive: slots, in the offer's order.
base::Result<std::vector<SdpSection>> sections_received(const SdpOffer& offer, const wire::RtpCapabilities& router);

// A slot's codecs and extensions as `consume` takes them.
wire::RtpCapabilities capabilities_of(const SdpSection& slot);

// Gives every slot the SSRCs under which the answer announces it: stacks that sort by SSRC know them before a packet.
void give_ssrcs(std::vector<SdpSection>& slots, base::Rng& rng);
wire::ConsumerSlot slot_of(const SdpSection& slot);

// How to send to a consumer under the numbers that its own offer gave codecs and extensions, not the router's.
base::Result<ConsumerPlan> plan_sdp_consumer(const ProducerPlan& producer, const wire::RtpCapabilities& device,
                                             const wire::ConsumerSlot& slot, base::Rng& rng);

// Our side of the transport, as the room made it.
struct SdpTransport {
  wire::IceParameters ice;
  std::vector<wire::IceCandidate> candidates;
  wire::DtlsParameters dtls;
};
enum class SdpRole { receiver, sender };  // ours: of WHIP, of WHEP
wire::sdp::Description make_answer(const SdpOffer& offer, const std::vector<SdpSection>& sections,
                                   const SdpTransport& transport, SdpRole role);
// New credentials after an ICE restart, for the first section of the BUNDLE (RFC 8840 §9).
wire::sdp::Description make_fragment(const SdpOffer& offer, const SdpTransport& transport);

// The rids of a simulcast offer, lowest layer first. RFC 8853 §5.1 has the preferred one first, mediasoup's clients
// (r0, r1, ...) and browsers' examples (q, h, f) do not: restrictions and well-known names decide before the order.
std::vector<std::string> layers_lowest_first(const wire::sdp::Section& section);

}  // namespace greenroom::rtc
