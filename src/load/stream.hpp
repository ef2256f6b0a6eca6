// What the load generator's clients send and receive, as ORTC parameters and as the few numbers that the packets need.
// Pure: from a server's router capabilities to what a browser would say to it, and from a consumer's parameters to what
// arrives. Any server that speaks mediasoup's shapes will do; nothing of this server's own is assumed.
#pragma once
#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "wire/ortc.hpp"

namespace greenroom::load {

inline constexpr base::ErrorCode bad_answer{base::ErrorKind::corrupt, "load.bad_answer"};

// A source's traffic: `packets` at once, so often a second, each of so many bytes on the wire before encryption.
struct Traffic {
  wire::MediaKind kind = wire::MediaKind::video;
  std::uint32_t bursts_per_second = 30;
  std::uint32_t packets = 5;
  std::size_t packet_size = 1200;
};

// One stream in one direction.
struct StreamNumbers {
  wire::MediaKind kind = wire::MediaKind::video;
  std::uint32_t ssrc = 0, rtx_ssrc = 0;  // 0: no retransmission stream
  std::uint8_t payload_type = 0, rtx_payload_type = 0;
  std::uint32_t clock_rate = 90'000;
  std::uint8_t mid_id = 0, abs_send_time_id = 0, transport_wide_id = 0, audio_level_id = 0;  // 0: not negotiated
  std::string mid;
};

// Opus and VP8 of what the router offers, with its numbers: all that a client of ours can do.
wire::RtpCapabilities device_capabilities(const wire::RtpCapabilities& router);
// What to produce, and its numbers; `ssrc` and `ssrc + 1` are taken.
base::Result<wire::RtpParameters> sending_parameters(const wire::RtpCapabilities& device, wire::MediaKind kind,
                                                     std::string mid, std::uint32_t ssrc);
base::Result<StreamNumbers> numbers_of(wire::MediaKind kind, const wire::RtpParameters& parameters);

}  // namespace greenroom::load
