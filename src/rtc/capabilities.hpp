// What this SFU can carry: Opus, VP8 and H.264 with retransmission, and the header extensions it understands. A pure
// value; a room answers it to everyone, and negotiation.hpp measures clients against it. Payload types and extension
// identifiers here are the ones that consumers see, whatever the producer's browser chose for itself.
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

// The same codec, and for H.264 the same packetization mode and profile (RFC 6184 §8.2.2; levels may differ).
bool same_codec(const CodecView& a, const CodecView& b);
bool is_rtx(std::string_view mime_type);
bool same_text(std::string_view a, std::string_view b);  // without case, ASCII

std::optional<std::int64_t> number_of(const wire::CodecParameters* parameters, std::string_view name);
std::optional<std::string> text_of(const wire::CodecParameters* parameters, std::string_view name);

// "L1T3" -> 3; 1 for what does not say.
int temporal_layers_of(std::string_view scalability_mode);

}  // namespace greenroom::rtc
