#include "wire/engineio.hpp"

#include <gtest/gtest.h>

namespace greenroom::wire::engineio {
namespace {

using namespace std::string_literals;

TEST(Engineio, PacketsInBothDirections) {
  const std::vector<std::pair<std::string, Packet>> table = {
      {"0{}", {PacketType::open, "{}"}},
      {"1", {PacketType::close, ""}},
      {"2probe", {PacketType::ping, "probe"}},
      {"3", {PacketType::pong, ""}},
      {"4hello €", {PacketType::message, "hello €"}},
      {"5", {PacketType::upgrade, ""}},
      {"6", {PacketType::noop, ""}},
      {"b", {PacketType::message, "", true}},
      {"bAQ==", {PacketType::message, "\x01"s, true}},
      {"bAQI=", {PacketType::message, "\x01\x02"s, true}},
      {"bAQIDBA==", {PacketType::message, "\x01\x02\x03\x04"s, true}},
      {"b+/8A", {PacketType::message, "\xfb\xff\x00"s, true}},
  };
  for (const auto& [text, packet] : table) {
    EXPECT_EQ(encode_text(packet), text);
    auto parsed = parse_text(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(*parsed, packet) << text;
  }
}

TEST(Engineio, RefusesMalformedPackets) {
  for (auto text : {"", "abc", "7", "/", "b*", "bA", "bAQ=A", "bAQI DBA==", "bAQ==="}) {
    EXPECT_FALSE(parse_text(text)) << text;
  }
}

TEST(Engineio, AcceptsBase64WithoutPadding) { EXPECT_EQ(parse_text("bAQ")->data, "\x01"); }

TEST(Engineio, PayloadJoinsPacketsByRecordSeparator) {
  const std::vector<Packet> packets = {
      {PacketType::message, "test1"}, {PacketType::message, "\x01\x02"s, true}, {PacketType::pong, ""}};
  const auto body = encode_payload(packets);
  EXPECT_EQ(body, "4test1\x1e"s + "bAQI=\x1e"s + "3"s);
  EXPECT_EQ(*parse_payload(body), packets);
}

TEST(Engineio, PayloadIsRefusedWhole) {
  EXPECT_FALSE(parse_payload(""));
  EXPECT_FALSE(parse_payload("4a\x1e"));
  EXPECT_FALSE(parse_payload("4a\x1ex"));
  EXPECT_FALSE(parse_payload("\x1e"));
}

TEST(Engineio, PayloadPacketCountIsBounded) {
  std::string body = "4";
  for (std::size_t i = 1; i < payload_packets_max; ++i)
    body +=
        "\x1e"
        "4";
  EXPECT_EQ(parse_payload(body)->size(), payload_packets_max);
  EXPECT_FALSE(parse_payload(body + "\x1e"
                                    "4"));
}

TEST(Engineio, OpenPacketHasItsFiveFields) {
  EXPECT_EQ(encode_text(open_packet({"abc", true, 25000, 20000, 1000000})),
            R"(0{"sid":"abc","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000})");
  EXPECT_EQ(encode_text(open_packet({"abc", false, 300, 200, 10})),
            R"(0{"sid":"abc","upgrades":[],"pingInterval":300,"pingTimeout":200,"maxPayload":10})");
}

}  // namespace
}  // namespace greenroom::wire::engineio
