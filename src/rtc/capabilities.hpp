// What this SFU can carry: Opus, alone or with redundancy, VP8, VP9, H.264 and AV1 with retransmission, and the header
// extensions it understands, with the identifiers and directions that mediasoup gives them. A pure value; a room
// answers it to everyone, and negotiation.hpp measures clients against it. Payload types and extension identifiers here
// are the ones that consumers see, whatever the producer's browser chose for itself.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wire/ortc.hpp"

namespace greenroom::rtc {

wire::RtpCapabilities router_capabilities();

// One codec of either a capability or a parameter list, as far as matching goes. Borrows.
struct CodecView {
  std::string_view mime_type;
  std::uint32_t clock_rate = 0;
  std::uint8_t channels = 1;
  const wire::CodecParameters* parameters = nullptr;
};
CodecView view(const wire::RtpCodecCapability& codec);
CodecView view(const wire::RtpCodecParameters& codec);

// The same codec, and for H.264 the same packetization mode and profile (RFC 6184 §8.2.2; levels may differ), for VP9
// and AV1 the same profile.
bool same_codec(const CodecView& a, const CodecView& b);
bool is_rtx(std::string_view mime_type);
bool is_red(std::string_view mime_type);

std::optional<std::int64_t> number_of(const wire::CodecParameters* parameters, std::string_view name);
std::optional<std::string> text_of(const wire::CodecParameters* parameters, std::string_view name);

// "L3T3_KEY" -> 3, 3, true (RFC 9628 and W3C webrtc-svc name modes alike); 1, 1, false for what does not say. "S" modes
// carry independent encodings in one stream: they are layers that need no other.
struct ScalabilityMode {
  int spatial_layers = 1, temporal_layers = 1;
  bool key_dependent = false;  // spatial layers depend on one another in key pictures only, or never
  friend bool operator==(const ScalabilityMode&, const ScalabilityMode&) = default;
};
ScalabilityMode scalability_mode_of(std::string_view text);

}  // namespace greenroom::rtc
