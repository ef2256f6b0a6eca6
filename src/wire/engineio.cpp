#include "wire/engineio.hpp"

#include <fmt/format.h>

#include <array>

namespace greenroom::wire::engineio {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t not_a_digit = 0xff;

constexpr std::array<std::uint8_t, 256> make_digits() {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(not_a_digit);
  for (std::size_t i = 0; i < alphabet.size(); ++i) digits[std::uint8_t(alphabet[i])] = std::uint8_t(i);
  return digits;
}
constexpr auto digits = make_digits();

void append_base64(std::string& out, std::string_view bytes) {
  out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < n ? std::uint8_t(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) out += k <= n ? alphabet[group >> (18 - 6 * k) & 63] : '=';
  }
}

std::string_view without_padding(std::string_view text) {
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  return text;
}

// RFC 4648 §4; padding may be missing, as some clients send it.
base::Result<std::string> parse_base64(std::string_view text) {
  text = without_padding(text);
  if (text.size() % 4 == 1) return base::fail(malformed, "base64 of impossible length");
  std::string out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t group = 0;
  int bits = 0;
  for (char c : text) {
    const auto digit = digits[std::uint8_t(c)];
    if (digit == not_a_digit) return base::fail(malformed, "not base64");
    group = (group << 6 | digit) & 0xffffff;
    bits += 6;
    if (bits >= 8) out += char(group >> (bits -= 8) & 0xff);
  }
  return out;
}

}  // namespace

std::string encode_text(const Packet& packet) {
  std::string out;
  if (packet.binary) {
    out = "b";
    append_base64(out, packet.data);
  } else {
    out.reserve(packet.data.size() + 1);
    out += char('0' + int(packet.type));
    out += packet.data;
  }
  return out;
}

std::string encode_payload(std::span<const Packet> packets) {
  std::string out;
  for (const auto& packet : packets) {
    if (&packet != packets.data()) out += packet_separator;
    out += encode_text(packet);
  }
  return out;
}

base::Result<Packet> parse_text(std::string_view text) {
  if (text.empty()) return base::fail(malformed, "empty packet");
  if (text[0] == 'b') {
    return parse_base64(text.substr(1)).map([](std::string bytes) {
      return Packet{PacketType::message, std::move(bytes), true};
    });
  }
  if (text[0] < '0' || text[0] > '6') return base::fail(malformed, "unknown packet type");
  return Packet{PacketType(text[0] - '0'), std::string(text.substr(1)), false};
}

base::Result<std::vector<Packet>> parse_payload(std::string_view body) {
  std::vector<Packet> packets;
  for (std::size_t start = 0;;) {
    const auto end = body.find(packet_separator, start);
    GREENROOM_TRY(auto packet, parse_text(body.substr(start, end - start)));
    if (packets.size() == payload_packets_max) return base::fail(malformed, "too many packets in one payload");
    packets.push_back(std::move(packet));
    if (end == std::string_view::npos) return packets;
    start = end + 1;
  }
}

Packet open_packet(const Handshake& h) {
  return {PacketType::open,
          fmt::format(R"({{"sid":"{}","upgrades":[{}],"pingInterval":{},"pingTimeout":{},"maxPayload":{}}})", h.sid,
                      h.can_upgrade ? R"("websocket")" : "", h.ping_interval_ms, h.ping_timeout_ms, h.max_payload),
          false};
}

}  // namespace greenroom::wire::engineio
