#include "wire/socketio.hpp"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

namespace greenroom::wire::socketio {
namespace {

std::optional<Packet> parse_one(std::string_view text) {
  Assembler assembler;
  auto result = assembler.text(text);
  return result ? std::move(*result) : std::nullopt;
}

TEST(Socketio, RoundTripsEveryShape) {
  const std::vector<std::string> table = {
      "0",
      R"(0{"sid":"abc"})",
      R"(0/admin,{"token":"x"})",
      "0/admin,",
      "1",
      "1/admin,",
      R"(2["hello",1,"2",{"3":[true]}])",
      R"(2/admin,12["hello"])",
      R"(212["project:delete",123])",
      "313[]",
      R"(3/admin,456["ok",null])",
      R"(4{"message":"Not authorized"})",
      R"(4/random,{"message":"Invalid namespace"})",
  };
  for (const auto& text : table) {
    auto packet = parse_one(text);
    ASSERT_TRUE(packet) << text;
    EXPECT_EQ(encode_text(*packet), text);
  }
}

TEST(Socketio, NamespaceMayEndTheText) {
  EXPECT_EQ(parse_one("0/custom")->name_space, "/custom");
  EXPECT_EQ(parse_one("1/custom")->name_space, "/custom");
}

TEST(Socketio, ReadsIdAndNamespace) {
  const auto packet = parse_one(R"(2/a/b?token=1,77["x"])");
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->name_space, "/a/b?token=1");
  EXPECT_EQ(packet->id, 77U);
  EXPECT_EQ(packet->payload.get_array()[0].get_string(), "x");
}

TEST(Socketio, RefusesMalformedPackets) {
  const std::vector<std::string> table = {"",
                                          "abc",
                                          "7",
                                          "2{}",
                                          "2[]",
                                          "2",
                                          "2[{}]",
                                          "2abc[\"x\"]",
                                          "2[\"x\"",
                                          "0[]",
                                          "0\"x\"",
                                          "1{}",
                                          "3{}",
                                          "3",
                                          "4[]",
                                          R"(2["disconnect"])",
                                          R"(2["connect_error"])",
                                          "299999999999999999999999[\"x\"]",
                                          R"(5["x"])",
                                          R"(5-["x"])",
                                          R"(511-["x"])",
                                          R"(51-["x",{"_placeholder":true,"num":1}])",
                                          R"(51-["x",{"_placeholder":true,"num":-1}])",
                                          R"(51-["x",{"_placeholder":true}])",
                                          R"(51-["x",{"_placeholder":true,"num":"0"}])",
                                          R"(2["x"]y)",
                                          "0/" + std::string(name_space_max, 'a')};
  for (const auto& text : table) EXPECT_FALSE(parse_one(text)) << text;
}

TEST(Socketio, DepthOfJsonIsBounded) {
  const std::string deep = "2[\"x\"," + std::string(1000, '[') + std::string(1000, ']') + "]";
  EXPECT_FALSE(parse_one(deep));
}

TEST(Socketio, AssemblesAttachments) {
  const std::string text = R"(52-/a,9["x",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])";
  Assembler assembler;
  EXPECT_FALSE(assembler.text(text)->has_value());
  EXPECT_FALSE(assembler.binary("one")->has_value());
  auto packet = assembler.binary("two");
  ASSERT_TRUE(packet && *packet);
  EXPECT_EQ((*packet)->attachments, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(encode_text(**packet), text);
  EXPECT_TRUE(assembler.text("2[\"next\"]")->has_value());
}

TEST(Socketio, EventWithAttachmentsPrintsAsBinary) {
  Packet packet;
  packet.payload = boost::json::array{"x", placeholder(0)};
  packet.attachments = {"bytes"};
  EXPECT_EQ(encode_text(packet), R"(51-["x",{"_placeholder":true,"num":0}])");
  packet.type = PacketType::ack;
  packet.id = 3;
  EXPECT_EQ(encode_text(packet), R"(61-3["x",{"_placeholder":true,"num":0}])");
}

TEST(Socketio, BinaryPacketWithoutAttachmentsIsComplete) { EXPECT_TRUE(parse_one(R"(50-["x"])")); }

TEST(Socketio, AttachmentsOutOfPlaceAreRefused) {
  Assembler assembler;
  EXPECT_FALSE(assembler.binary("stray"));
  EXPECT_FALSE(assembler.text(R"(51-["x",{"_placeholder":true,"num":0}])")->has_value());
  EXPECT_FALSE(assembler.text(R"(2["x"])"));
}

TEST(Socketio, AttachmentBytesAreBounded) {
  Assembler assembler;
  ASSERT_TRUE(assembler.text(R"(52-["x"])"));
  ASSERT_TRUE(assembler.binary(std::string(attachment_bytes_max, 'x')));
  EXPECT_FALSE(assembler.binary("y"));
}

}  // namespace
}  // namespace greenroom::wire::socketio
