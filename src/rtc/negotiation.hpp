// ORTC negotiation, pure: from what a client says of its stream to a plan that the media path follows, and back to what
// a subscriber's client is told. The shapes and rules are mediasoup's, because its client is the only client: a
// producer keeps its browser's payload types, SSRCs and extension identifiers; a consumer gets the router's, one
// encoding, SSRCs of its own.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/rng.hpp"
#include "wire/ortc.hpp"

namespace greenroom::rtc {

namespace errors {
inline constexpr base::ErrorCode bad_rtp_parameters{base::ErrorKind::invalid, "rtc.bad_rtp_parameters"};
inline constexpr base::ErrorCode unsupported_codec{base::ErrorKind::unsupported, "rtc.unsupported_codec"};
inline constexpr base::ErrorCode cannot_consume{base::ErrorKind::unsupported, "rtc.cannot_consume"};
}  // namespace errors

inline constexpr std::size_t max_encodings = 3;  // browsers make three spatial layers at most, of either kind

enum class Codec : std::uint8_t { opus, vp8, vp9, h264, av1 };

// Identifiers of header extensions in one direction of one stream; 0 is absent (RFC 8285 §4.2 keeps 0 for padding).
struct ExtensionIds {
  std::uint8_t mid = 0, rid = 0, repaired_rid = 0, abs_send_time = 0, transport_wide = 0, audio_level = 0,
               orientation = 0, dependency = 0, capture_time = 0, playout_delay = 0;
};

ExtensionIds ids_of(const std::vector<wire::RtpHeaderExtensionParameters>& extensions);

struct EncodingPlan {
  std::optional<std::uint32_t> ssrc;      // absent: learned from the rid of the first packet
  std::optional<std::uint32_t> rtx_ssrc;  // likewise, from the repaired rid
  std::string rid;                        // empty: none
};

// How to receive a producer. Encodings are ordered from the lowest layer to the highest.
struct ProducerPlan {
  wire::MediaKind kind = wire::MediaKind::audio;
  Codec codec = Codec::opus;
  std::string mid, cname;
  std::uint8_t payload_type = 0;
  std::optional<std::uint8_t> rtx_payload_type;
  std::optional<std::uint8_t> red_payload_type;  // of audio that may come with redundancy (RFC 2198)
  std::uint32_t clock_rate = 0;
  bool nack = false, pli = false, transport_cc = false;
  int spatial_layers = 1;      // within one encoding (SVC)
  int temporal_layers = 1;     // of each encoding; 1 also when nothing was said
  bool key_dependent = false;  // K-SVC: see ScalabilityMode
  bool svc() const { return spatial_layers > 1 && encodings.size() == 1; }
  ExtensionIds extensions;
  std::vector<EncodingPlan> encodings;
  wire::RtpParameters consumable;  // in the router's payload types and identifiers: what a consumer's are cut from
};

// How to send to a consumer.
struct ConsumerPlan {
  Codec codec = Codec::opus;
  std::uint32_t ssrc = 0;
  std::optional<std::uint32_t> rtx_ssrc;
  std::uint8_t payload_type = 0;
  std::optional<std::uint8_t> rtx_payload_type;
  std::optional<std::uint8_t> red_payload_type;  // redundancy may be handed on; otherwise it is taken off
  std::uint32_t clock_rate = 0;
  ExtensionIds extensions;
  std::string mid, cname;
  bool nack = false;
  wire::RtpParameters parameters;  // for the client
};

base::Result<ProducerPlan> plan_producer(wire::MediaKind kind, const wire::RtpParameters& parameters,
                                         const wire::RtpCapabilities& router);
bool can_consume(const wire::RtpParameters& consumable, const wire::RtpCapabilities& device);
base::Result<ConsumerPlan> plan_consumer(const ProducerPlan& producer, const wire::RtpCapabilities& device,
                                         std::string mid, base::Rng& rng);
// What a recorder is "sent": the router's payload type and an SSRC of its own, no extensions.
ConsumerPlan plan_backup(const ProducerPlan& producer, base::Rng& rng);

}  // namespace greenroom::rtc
