// Engine.IO v4 packets (github.com/socketio/engine.io-protocol): what one HTTP body or one WebSocket frame carries.
// A polling body is packets joined by 0x1e, binary ones as 'b' + base64; a WebSocket frame is one packet, a binary
// frame being a message as it is. Pure values, no state: sessions, timers and transports live in api/realtime.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace greenroom::wire::engineio {

enum class PacketType : std::uint8_t { open, close, ping, pong, message, upgrade, noop };

struct Packet {
  PacketType type = PacketType::message;
  std::string data;
  bool binary = false;  // only of a message
  friend bool operator==(const Packet&, const Packet&) = default;
};

inline constexpr base::ErrorCode malformed{base::ErrorKind::invalid, "engineio.malformed"};
inline constexpr char packet_separator = '\x1e';
// A polling body of the largest payload could hold half a million empty packets; no client sends so many at once.
inline constexpr std::size_t payload_packets_max = 4096;

std::string encode_text(const Packet& packet);                      // "4hello", or "bAQID" for a binary message
std::string encode_payload(std::span<const Packet> packets);        // a polling body
base::Result<Packet> parse_text(std::string_view text);             // the inverse of encode_text
base::Result<std::vector<Packet>> parse_payload(std::string_view);  // at least one packet, all of them well-formed

// What the open packet carries: exactly these five.
struct Handshake {
  std::string sid;
  bool can_upgrade = false;
  std::int64_t ping_interval_ms = 0;
  std::int64_t ping_timeout_ms = 0;
  std::size_t max_payload = 0;
};
Packet open_packet(const Handshake& handshake);

}  // namespace greenroom::wire::engineio
