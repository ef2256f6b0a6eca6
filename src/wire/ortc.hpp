// The ORTC parameters that mediasoup-client exchanges with a server, as plain values in mediasoup's JSON shapes
// (camelCase on the wire, by the mapper of wire/json.hpp). They are described structs and nothing else: what they mean
// is decided in rtc/capabilities.hpp and rtc/negotiation.hpp. What a client may leave out is optional here, so that a
// value of this type is always well-formed; whether it makes sense is checked once, by negotiation.
#pragma once
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "wire/field_rule.hpp"

namespace greenroom::wire {

enum class MediaKind : std::uint8_t { audio, video };
BOOST_DESCRIBE_ENUM(MediaKind, audio, video)

// Seen from the one whose capability it is.
enum class ExtensionDirection : std::uint8_t { sendrecv, sendonly, recvonly, inactive };
BOOST_DESCRIBE_ENUM(ExtensionDirection, sendrecv, sendonly, recvonly, inactive)

// Format parameters ("apt", "packetization-mode", "useinbandfec"): numbers or strings, as the codec defines.
using CodecParameters = std::map<std::string, boost::json::value>;

struct RtcpFeedback {
  std::string type;                      // "nack", "ccm", "transport-cc", "goog-remb"
  std::optional<std::string> parameter;  // "pli", "fir"; absent and "" mean the same
  friend bool operator==(const RtcpFeedback& a, const RtcpFeedback& b) {
    return a.type == b.type && a.parameter.value_or("") == b.parameter.value_or("");
  }
};
BOOST_DESCRIBE_STRUCT(RtcpFeedback, (), (type, parameter))

struct RtpCodecCapability {
  MediaKind kind = MediaKind::audio;
  std::string mime_type;  // "audio/opus", "video/VP8", "video/rtx"; compared without case
  std::optional<std::uint8_t> preferred_payload_type;
  std::uint32_t clock_rate = 0;
  std::optional<std::uint8_t> channels;
  std::optional<CodecParameters> parameters;
  std::optional<std::vector<RtcpFeedback>> rtcp_feedback;
};
BOOST_DESCRIBE_STRUCT(RtpCodecCapability, (),
                      (kind, mime_type, preferred_payload_type, clock_rate, channels, parameters, rtcp_feedback))

struct RtpHeaderExtensionCapability {
  std::optional<MediaKind> kind;  // absent: both
  std::string uri;
  std::uint8_t preferred_id = 0;
  std::optional<bool> preferred_encrypt;
  std::optional<ExtensionDirection> direction;  // absent: sendrecv
};
BOOST_DESCRIBE_STRUCT(RtpHeaderExtensionCapability, (), (kind, uri, preferred_id, preferred_encrypt, direction))

struct RtpCapabilities {
  std::optional<std::vector<RtpCodecCapability>> codecs;
  std::optional<std::vector<RtpHeaderExtensionCapability>> header_extensions;
};
BOOST_DESCRIBE_STRUCT(RtpCapabilities, (), (codecs, header_extensions))

struct RtpCodecParameters {
  std::string mime_type;
  std::uint8_t payload_type = 0;
  std::uint32_t clock_rate = 0;
  std::optional<std::uint8_t> channels;
  std::optional<CodecParameters> parameters;
  std::optional<std::vector<RtcpFeedback>> rtcp_feedback;
};
BOOST_DESCRIBE_STRUCT(RtpCodecParameters, (),
                      (mime_type, payload_type, clock_rate, channels, parameters, rtcp_feedback))

struct RtpHeaderExtensionParameters {
  std::string uri;
  std::uint8_t id = 0;
  std::optional<bool> encrypt;
  std::optional<CodecParameters> parameters;
};
BOOST_DESCRIBE_STRUCT(RtpHeaderExtensionParameters, (), (uri, id, encrypt, parameters))

struct RtxParameters {
  std::uint32_t ssrc = 0;
};
BOOST_DESCRIBE_STRUCT(RtxParameters, (), (ssrc))

struct RtpEncodingParameters {
  std::optional<std::uint32_t> ssrc;
  std::optional<std::string> rid;
  std::optional<std::uint8_t> codec_payload_type;
  std::optional<RtxParameters> rtx;
  std::optional<bool> dtx;
  std::optional<std::string> scalability_mode;  // "L1T3"
  std::optional<double> scale_resolution_down_by;
  std::optional<std::uint32_t> max_bitrate;  // bits per second
};
BOOST_DESCRIBE_STRUCT(RtpEncodingParameters, (),
                      (ssrc, rid, codec_payload_type, rtx, dtx, scalability_mode, scale_resolution_down_by,
                       max_bitrate))

struct RtcpParameters {
  std::optional<std::string> cname;
  std::optional<bool> reduced_size;
  std::optional<bool> mux;
};
BOOST_DESCRIBE_STRUCT(RtcpParameters, (), (cname, reduced_size, mux))

struct RtpParameters {
  std::optional<std::string> mid;
  std::vector<RtpCodecParameters> codecs;
  std::optional<std::vector<RtpHeaderExtensionParameters>> header_extensions;
  std::optional<std::vector<RtpEncodingParameters>> encodings;
  std::optional<RtcpParameters> rtcp;
};
BOOST_DESCRIBE_STRUCT(RtpParameters, (), (mid, codecs, header_extensions, encodings, rtcp))

// Where a client that negotiates SDP itself expects what it consumes: under this mid and these SSRCs, with the payload
// types and extension identifiers of its own capabilities.
struct ConsumerSlot {
  std::string mid;
  std::uint32_t ssrc = 0;
  std::optional<std::uint32_t> rtx_ssrc;
};
BOOST_DESCRIBE_STRUCT(ConsumerSlot, (), (mid, ssrc, rtx_ssrc))
constexpr FieldRule field_rule(const ConsumerSlot*, std::string_view member) {
  if (member == "mid") return {.min_length = 1, .max_length = 16};
  return {};
}

struct IceParameters {
  std::string username_fragment;
  std::string password;
  std::optional<bool> ice_lite;
};
BOOST_DESCRIBE_STRUCT(IceParameters, (), (username_fragment, password, ice_lite))

struct IceCandidate {
  std::string foundation;
  std::uint32_t priority = 0;
  std::string ip;  // the same as address: older clients read this one
  std::string address;
  std::string protocol;  // "udp", "tcp"
  std::uint16_t port = 0;
  std::string type;                     // "host"
  std::optional<std::string> tcp_type;  // "passive" with tcp
};
BOOST_DESCRIBE_STRUCT(IceCandidate, (), (foundation, priority, ip, address, protocol, port, type, tcp_type))

// As RTCPeerConnection takes them: what tells a browser its address from outside (STUN) or relays for it (TURN).
struct IceServer {
  std::vector<std::string> urls;
  std::optional<std::string> username;
  std::optional<std::string> credential;
};
BOOST_DESCRIBE_STRUCT(IceServer, (), (urls, username, credential))

struct DtlsFingerprint {
  std::string algorithm;  // "sha-256"
  std::string value;      // "AB:CD:..."
};
BOOST_DESCRIBE_STRUCT(DtlsFingerprint, (), (algorithm, value))

struct DtlsParameters {
  std::optional<std::string> role;  // "auto", "client", "server": of the one who sends this
  std::vector<DtlsFingerprint> fingerprints;
};
BOOST_DESCRIBE_STRUCT(DtlsParameters, (), (role, fingerprints))

// Of a transport: what its data channels can do (mediasoup's names; OS and MIS are RFC 9260's numbers of streams).
struct SctpParameters {
  std::uint16_t port = 5000;
  std::uint16_t OS = 1024;
  std::uint16_t MIS = 1024;
  std::uint32_t max_message_size = 262'144;
};
BOOST_DESCRIBE_STRUCT(SctpParameters, (), (port, OS, MIS, max_message_size))

// Of one data channel. Without a limit it is reliable; with one of the two limits it is not.
struct SctpStreamParameters {
  std::uint16_t stream_id = 0;
  std::optional<bool> ordered = {};                        // absent: true
  std::optional<std::uint16_t> max_packet_life_time = {};  // milliseconds
  std::optional<std::uint16_t> max_retransmits = {};
};
BOOST_DESCRIBE_STRUCT(SctpStreamParameters, (), (stream_id, ordered, max_packet_life_time, max_retransmits))

}  // namespace greenroom::wire
