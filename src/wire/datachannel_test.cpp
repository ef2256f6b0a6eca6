#include "wire/datachannel.hpp"

namespace greenroom::wire {
namespace {

// RFC 8832 §5.1, by hand: ordered with at most three retransmissions, priority 256, label "chat", protocol "p".
TEST(DataChannelOpen, IsReadAsTheRfcDrawsIt) {
  const base::Bytes message{3, 1, 1, 0, 0, 0, 0, 3, 0, 4, 0, 1, 'c', 'h', 'a', 't', 'p'};
  const auto open = parse_data_channel_open(message);
  ASSERT_TRUE(open);
  EXPECT_TRUE(open->ordered);
  EXPECT_EQ(open->priority, 256);
  EXPECT_EQ(open->max_retransmits, 3U);
  EXPECT_FALSE(open->max_lifetime_ms);
  EXPECT_EQ(open->label, "chat");
  EXPECT_EQ(open->protocol, "p");
  EXPECT_EQ(write_data_channel_open(*open), message);
}

TEST(DataChannelOpen, UnorderedWithALifetime) {
  const base::Bytes message{3, 0x82, 0, 0, 0, 0, 1, 0xF4, 0, 0, 0, 0};
  const auto open = parse_data_channel_open(message);
  ASSERT_TRUE(open);
  EXPECT_FALSE(open->ordered);
  EXPECT_EQ(open->max_lifetime_ms, 500U);
  EXPECT_EQ(write_data_channel_open(*open), message);
}

TEST(DataChannelOpen, WhatIsNoneIsRefused) {
  const base::Bytes whole{3, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 'a', 'b', 'c'};
  ASSERT_TRUE(parse_data_channel_open(whole));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(parse_data_channel_open(base::ByteView(whole).first(size))) << size;
  auto unknown = whole;
  unknown[1] = 3;
  EXPECT_FALSE(parse_data_channel_open(unknown));
  EXPECT_FALSE(parse_data_channel_open(data_channel_ack));
}

TEST(DataChannelAck, IsOneByte) {
  EXPECT_TRUE(is_data_channel_ack(data_channel_ack));
  EXPECT_FALSE(is_data_channel_ack(base::Bytes{2, 0}));
  EXPECT_FALSE(is_data_channel_ack({}));
}

}  // namespace
}  // namespace greenroom::wire
