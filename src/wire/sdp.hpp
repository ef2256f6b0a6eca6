// Session descriptions (RFC 8866) as WebRTC writes them (RFC 9429, RFC 9143), and the fragments of trickle ICE (RFC
// 8840 §9): text <-> values. Whoever speaks SDP instead of mediasoup's parameters (WHIP, WHEP) comes in through here;
// what the values mean is decided in rtc/sdp_negotiation.hpp. Pure. Invariants: every list is bounded by a constant
// below; no value holds a line end, so that printing never makes a line of somebody's text; parse(print(x)) == x for
// what parse returned. Attributes that are not known are kept as they are, in their order.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "wire/ortc.hpp"

namespace greenroom::wire::sdp {

inline constexpr base::ErrorCode error_malformed{base::ErrorKind::invalid, "sdp.malformed"};
inline constexpr base::ErrorCode error_too_large{base::ErrorKind::too_large, "sdp.too_large"};

// A browser's offer of one microphone and one camera has some 200 lines and 8 KB.
inline constexpr std::size_t max_bytes = 64 * 1024;
inline constexpr std::size_t max_line = 2048;       // sprop-parameter-sets are the longest
inline constexpr std::size_t max_sections = 16;     // one BUNDLE of a meeting's worth of slots
inline constexpr std::size_t max_attributes = 512;  // of one section, of all kinds together
inline constexpr std::size_t max_items = 64;        // of one list within a line

using Direction = ExtensionDirection;                            // sendrecv, sendonly, recvonly, inactive
using Pairs = std::vector<std::pair<std::string, std::string>>;  // "name=value"; an empty value for a name alone

struct Attribute {  // a=name or a=name:value
  std::string name;
  std::optional<std::string> value;
  friend bool operator==(const Attribute&, const Attribute&) = default;
};
struct Origin {
  std::string username = "-", session_id = "0", version = "0", address = "IN IP4 127.0.0.1";
  friend bool operator==(const Origin&, const Origin&) = default;
};
struct Group {  // RFC 5888: BUNDLE and the mids in it
  std::string semantics;
  std::vector<std::string> mids;
  friend bool operator==(const Group&, const Group&) = default;
};
struct Fingerprint {  // RFC 8122 §5
  std::string algorithm, value;
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};
enum class Setup : std::uint8_t { active, passive, actpass, holdconn };  // RFC 4145 §4

struct Candidate {  // RFC 8839 §5.1
  std::string foundation;
  std::uint16_t component = 1;
  std::string protocol;
  std::uint32_t priority = 0;
  std::string address;
  std::uint16_t port = 0;
  std::string type;
  Pairs extensions;  // raddr, rport, tcptype, generation, ufrag ...
  friend bool operator==(const Candidate&, const Candidate&) = default;
};
struct RtpMap {  // RFC 8866 §6.6
  std::uint8_t payload_type = 0;
  std::string codec;
  std::uint32_t clock_rate = 0;
  std::optional<std::uint8_t> channels;
  friend bool operator==(const RtpMap&, const RtpMap&) = default;
};
struct Format {  // a=fmtp, RFC 8866 §6.15
  std::uint8_t payload_type = 0;
  Pairs parameters;
  friend bool operator==(const Format&, const Format&) = default;
};
struct Feedback {                            // RFC 4585 §4.2
  std::optional<std::uint8_t> payload_type;  // absent: "*"
  std::string type, parameter;
  friend bool operator==(const Feedback&, const Feedback&) = default;
};
struct Extension {  // a=extmap, RFC 8285 §5
  std::uint16_t id = 0;
  std::optional<Direction> direction;
  std::string uri, attributes;
  friend bool operator==(const Extension&, const Extension&) = default;
};
struct SsrcAttribute {  // RFC 5576 §4.1
  std::uint32_t ssrc = 0;
  std::string name;
  std::optional<std::string> value;
  friend bool operator==(const SsrcAttribute&, const SsrcAttribute&) = default;
};
struct SsrcGroup {  // RFC 5576 §4.2: FID, SIM
  std::string semantics;
  std::vector<std::uint32_t> ssrcs;
  friend bool operator==(const SsrcGroup&, const SsrcGroup&) = default;
};
struct Rid {  // RFC 8851 §4
  std::string id;
  bool send = true;
  std::string restrictions;  // "pt=97;max-width=1280", as it was
  friend bool operator==(const Rid&, const Rid&) = default;
};
struct Simulcast {  // RFC 8853 §5.1; alternatives of one stream stand together, "~" before a paused one
  std::vector<std::vector<std::string>> send, recv;
  friend bool operator==(const Simulcast&, const Simulcast&) = default;
};

// What may stand before the first m= line as well as after one.
struct Shared {
  std::optional<std::string> ice_ufrag, ice_pwd;
  std::vector<std::string> ice_options;
  std::vector<Fingerprint> fingerprints;
  std::optional<Setup> setup;
  std::optional<Direction> direction;
  std::vector<Extension> extensions;
  bool extmap_allow_mixed = false;  // RFC 8285 §6
  std::vector<Attribute> other;
  friend bool operator==(const Shared&, const Shared&) = default;
};

struct Section : Shared {
  std::string media;  // "audio", "video", "application"
  std::uint16_t port = 9;
  std::string protocol;
  std::vector<std::string> formats;
  std::string connection;  // "IN IP4 0.0.0.0"; empty: none of its own
  std::optional<std::string> mid;
  bool rtcp_mux = false, rtcp_rsize = false, bundle_only = false, end_of_candidates = false;
  std::vector<Candidate> candidates;
  std::vector<RtpMap> maps;
  std::vector<Format> format_parameters;
  std::vector<Feedback> feedback;
  std::vector<std::string> msids;  // "stream track"
  std::vector<SsrcAttribute> ssrcs;
  std::vector<SsrcGroup> ssrc_groups;
  std::vector<Rid> rids;
  std::optional<Simulcast> simulcast;
  std::optional<std::uint16_t> sctp_port;
  std::optional<std::uint64_t> max_message_size;
  friend bool operator==(const Section&, const Section&) = default;
};

struct Description : Shared {
  Origin origin;
  std::string name = "-";
  std::string connection;
  std::vector<Group> groups;
  bool ice_lite = false;
  std::vector<Candidate> candidates;  // of a fragment without m= line
  bool end_of_candidates = false;
  std::vector<Section> sections;
  friend bool operator==(const Description&, const Description&) = default;
};

// An error names the line: "line 12: a=candidate: the port is not a number".
base::Result<Description> parse(std::string_view text);
base::Result<Description> parse_fragment(std::string_view text);  // application/trickle-ice-sdpfrag
std::string print(const Description& description);                // lines end with CRLF
std::string print_fragment(const Description& description);       // attributes and sections, without v=, o=, s=, t=

std::optional<std::string_view> find(const Pairs& pairs, std::string_view name);

}  // namespace greenroom::wire::sdp
