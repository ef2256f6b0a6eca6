#include "wire/red.hpp"

#include <gtest/gtest.h>

namespace greenroom::wire {
namespace {

using base::Bytes;

// Two copies, 1920 and 960 ticks old, of 2 and 3 bytes; then the sound of now. All of type 111.
const Bytes red_packet = {0xEF, 0x1E, 0x00, 0x02, 0xEF, 0x0F, 0x00, 0x03, 0x6F, 1, 2, 3, 4, 5, 6, 7, 8, 9};

TEST(Red, TakesAPacketApart) {
  const auto red = RedPayload::parse(red_packet);
  ASSERT_TRUE(red);
  ASSERT_EQ(red->blocks().size(), 3U);
  EXPECT_EQ(red->blocks()[0].time_before, 1920);
  EXPECT_EQ(red->blocks()[1].time_before, 960);
  EXPECT_EQ(red->blocks()[1].data.size(), 3U);
  EXPECT_EQ(red->primary().payload_type.value, 111);
  EXPECT_EQ(red->primary().data.size(), 4U);
  EXPECT_EQ(red->primary().data[0], 6);
  EXPECT_EQ(red_header_size(red_packet), 9U);
}

TEST(Red, SoundAloneHasOneByteInFront) {
  const auto red = RedPayload::parse(Bytes{0x6F, 1, 2});
  ASSERT_TRUE(red);
  EXPECT_EQ(red->blocks().size(), 1U);
  EXPECT_EQ(red->primary().data.size(), 2U);
}

TEST(Red, RefusesWhatDoesNotFit) {
  EXPECT_FALSE(RedPayload::parse({}));
  EXPECT_FALSE(RedPayload::parse(Bytes{0xEF, 0x1E, 0x00, 0x02, 0x6F, 1})) << "a copy cut off";
  EXPECT_FALSE(RedPayload::parse(Bytes{0xEF, 0x1E})) << "a header cut off";
  EXPECT_FALSE(RedPayload::parse(Bytes(60, 0xFF))) << "too many";
}

TEST(Red, SaysAnotherTypeInEveryHeader) {
  Bytes packet = red_packet;
  set_red_types(packet, {100});
  const auto red = RedPayload::parse(packet);
  for (const auto& block : red->blocks()) EXPECT_EQ(block.payload_type.value, 100);
  EXPECT_EQ(red->blocks()[0].time_before, 1920);
  EXPECT_EQ(red->primary().data[3], 9);
}

}  // namespace
}  // namespace greenroom::wire
